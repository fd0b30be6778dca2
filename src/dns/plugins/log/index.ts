import { mapReply } from '../../chain.ts';
import type { SetUp } from '../../contract.ts';
import { expectNoMore } from '../../corefile/arity.ts';
import { rcodeName, typeName } from '../../wire/types.ts';

/** Writes a line for each question, much like CoreDNS does: who asked what, and what came of it. */
export const log: SetUp = (directive, { clock, log: out }) => {
  // Names, formats and classes.
  expectNoMore(directive, 0);
  return {
    name: 'log',
    handle(query, next) {
      const startMs = clock.now();
      const { client, question, message } = query;
      return mapReply(next(query), (reply) => {
        const asked = `${typeName(question.type)} IN ${question.name} ${client.protocol}`;
        const took = ((clock.now() - startMs) / 1000).toFixed(6);
        out.info(
          {},
          `${client.address}:${client.port} - ${message.id} "${asked}" ${rcodeName(reply.rcode)} ${reply.answers.length} ${took}s`,
        );
        return reply;
      });
    },
  };
};
