import type { SetUp } from '../../contract.ts';
import { expectNoMore } from '../../corefile/arity.ts';
import { bytesRecord, replyTo } from '../../wire/message.ts';
import { recordType } from '../../wire/types.ts';

const ttl = 8482;
/** RFC 8482 section 4.2: "ANY obsoleted", "See RFC 8482". */
const hinfo = Buffer.concat(
  ['ANY obsoleted', 'See RFC 8482'].map((text) =>
    Buffer.from(`${String.fromCharCode(text.length)}${text}`, 'latin1'),
  ),
);

/** Answers questions for all types of a name with as little as possible (RFC 8482). */
export const any: SetUp = (directive) => {
  expectNoMore(directive, 0);
  return {
    name: 'any',
    handle(query, next) {
      if (query.question.type !== recordType.ANY) return next(query);
      return {
        ...replyTo(query.message),
        answers: [bytesRecord(query.question.name, recordType.HINFO, ttl, hinfo)],
        notes: { by: 'any' },
      };
    },
    again: () => undefined,
  };
};
