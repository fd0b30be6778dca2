import { hostname } from 'node:os';
import { mapReply } from '../../chain.ts';
import type { SetUp } from '../../contract.ts';
import { noted } from '../../wire/message.ts';

/** RFC 5001 section 2.3. */
const nsidCode = 3;

/** Says which of several servers answered, to those who ask for it (RFC 5001). */
export const nsid: SetUp = ({ args }) => {
  const data = Buffer.from(args.length > 0 ? args.join(' ') : hostname());
  return {
    name: 'nsid',
    handle(query, next) {
      const isAsked = query.message.edns?.options.some(({ code }) => code === nsidCode) === true;
      if (!isAsked) return next(query);
      return mapReply(next(query), (reply) =>
        noted(reply, { options: [...(reply.notes?.options ?? []), { code: nsidCode, data }] }),
      );
    },
    // Who asks for it sends an option, and is not answered from what is kept.
    again: () => undefined,
  };
};
