import type { SetUp } from '../../contract.ts';
import { expectNoMore } from '../../corefile/arity.ts';
import { addressRecord, replyTo, srvRecord } from '../../wire/message.ts';

/** Says who asked: the client's address, port and protocol. https://coredns.io/plugins/whoami/ */
export const whoami: SetUp = (directive) => {
  expectNoMore(directive, 0);
  return {
    name: 'whoami',
    handle({ message, question, client }) {
      const { name } = question;
      const srv = srvRecord(`_${client.protocol}.${name === '.' ? '' : name}`, 0, {
        weight: 0,
        port: client.port,
        target: '.',
      });
      return {
        ...replyTo(message),
        authoritative: true,
        additionals: [addressRecord(name, 0, client.address), srv],
        notes: { by: 'whoami' },
      };
    },
  };
};
