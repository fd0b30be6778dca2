import { randomInt } from 'node:crypto';
import type { SetUp } from '../../contract.ts';
import { type Message, replyTo } from '../../wire/message.ts';
import { rcode, recordType } from '../../wire/types.ts';

/** More than so many of our own probe and the upstreams lead back to us. */
const enough = 2;

/**
 * Asks the upstreams once for a name that nobody has. If the question comes back here, forwarding goes in a circle:
 * the process ends with an explanation instead of eating the machine. https://coredns.io/plugins/loop/
 */
export const loop: SetUp = (_directive, { zones, resolve, log, clock }) => {
  const probe = `${randomInt(2 ** 47)}.${randomInt(2 ** 47)}.${zones[0] === '.' ? '' : zones[0]}`;
  let seen = 0;
  let probing = false;
  return {
    name: 'loop',
    handle(query, next) {
      if (!probing || query.name !== probe || query.question.type !== recordType.HINFO) return next(query);
      if (++seen <= enough) return next(query);
      log.error(
        { server: query.client.address },
        'Loop detected: the upstreams lead back here; name others in the Corefile',
      );
      process.exitCode = 1;
      process.kill(process.pid, 'SIGTERM');
      return replyTo(query.message, rcode.SERVFAIL);
    },
    start() {
      probing = true;
      void Promise.resolve(resolve(questionFor(probe))).catch(() => {});
      void clock.sleep(30_000).then(() => {
        probing = false;
      });
    },
    stop() {
      probing = false;
    },
  };
};

function questionFor(name: string) {
  const question = { name, type: recordType.HINFO, class: 1 };
  const header = {
    id: randomInt(65_536),
    opcode: 0,
    recursionDesired: true,
    checkingDisabled: false,
    questions: [question],
  };
  const message: Message = { ...replyTo(header as unknown as Message), response: false };
  return { message, question, name, client: { address: '127.0.0.1', port: 0, protocol: 'udp' as const } };
}
