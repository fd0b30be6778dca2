import { mapReply } from '../../chain.ts';
import type { SetUp } from '../../contract.ts';
import { expectNoMore } from '../../corefile/arity.ts';
import { takeNumber } from '../../corefile/values.ts';
import { noted } from '../../wire/message.ts';

/** Sets the largest answer that is sent by UDP, and what upstreams are told to send. */
export const bufsize: SetUp = (directive) => {
  expectNoMore(directive, 1);
  const [size = '1232'] = directive.args;
  const udpSize = takeNumber('bufsize', size, directive.line, { least: 512, most: 4096 });
  return {
    name: 'bufsize',
    handle(query, next) {
      const { edns } = query.message;
      const limited =
        edns && edns.udpSize > udpSize
          ? { ...query, message: { ...query.message, edns: { ...edns, udpSize } } }
          : query;
      return mapReply(next(limited), (reply) => noted(reply, { udpSize }));
    },
  };
};
