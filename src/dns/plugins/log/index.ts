import { mapReply } from '../../chain.ts';
import type { SetUp } from '../../contract.ts';
import { CorefileError } from '../../corefile/parse.ts';
import { rcodeName, typeName } from '../../wire/types.ts';

/** Writes a line for each question, in CoreDNS's common format: who asked what, and what came of it. */
export const log: SetUp = (directive, { clock, log: out }) => {
  if (directive.args.length > 0 || directive.block.length > 0) {
    throw new CorefileError(
      directive.line,
      'log: names, formats and classes are not supported; write log alone',
    );
  }
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
