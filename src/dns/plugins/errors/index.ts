import type { SetUp } from '../../contract.ts';
import { expectNoMore } from '../../corefile/arity.ts';
import { replyTo } from '../../wire/message.ts';
import { rcode, typeName } from '../../wire/types.ts';

/** Writes a line for each question that failed, and answers it SERVFAIL. */
export const errors: SetUp = (directive, { log }) => {
  expectNoMore(directive, 0);
  return {
    name: 'errors',
    handle(query, next) {
      const failed = (err: unknown) => {
        const why = err instanceof Error ? err.message : String(err);
        log.error(
          { name: query.question.name, type: typeName(query.question.type), err: why },
          'a question failed',
        );
        return replyTo(query.message, rcode.SERVFAIL);
      };
      try {
        const reply = next(query);
        return reply instanceof Promise ? reply.catch(failed) : reply;
      } catch (err) {
        return failed(err);
      }
    },
  };
};
