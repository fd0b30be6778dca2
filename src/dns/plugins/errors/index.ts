import type { SetUp } from '../../contract.ts';
import { replyTo } from '../../wire/message.ts';
import { rcode, typeName } from '../../wire/types.ts';
import { consolidator } from './consolidate.ts';
import { optionsOf } from './options.ts';

/** Writes a line for each question that failed, and answers it SERVFAIL. */
export const errors: SetUp = (directive, { log, clock }) => {
  const { patterns, stacktrace } = optionsOf(directive);
  const stopped = new AbortController();
  const counted = consolidator(patterns, clock, log, stopped.signal);
  return {
    name: 'errors',
    handle(query, next) {
      const failed = (err: unknown) => {
        const why = err instanceof Error ? err.message : String(err);
        const line = `${rcode.SERVFAIL} ${query.question.name} ${typeName(query.question.type)}: ${why}`;
        const stack = stacktrace && err instanceof Error ? { stack: err.stack } : {};
        if (!counted(line)) log.error({ plugin: 'errors', ...stack }, line);
        return replyTo(query.message, rcode.SERVFAIL);
      };
      try {
        const reply = next(query);
        return reply instanceof Promise ? reply.catch(failed) : reply;
      } catch (err) {
        return failed(err);
      }
    },
    again: () => undefined,
    stop: () => stopped.abort(),
  };
};
