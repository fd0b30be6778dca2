import { mapReply } from '../../chain.ts';
import type { Again, SetUp } from '../../contract.ts';
import { expectNoMore } from '../../corefile/arity.ts';
import { CorefileError } from '../../corefile/parse.ts';
import type { ResourceRecord } from '../../wire/message.ts';
import { addressesIn } from '../../wire/peek.ts';
import { recordType } from '../../wire/types.ts';

/** Gives addresses and MX records in another order each time, behind the aliases that lead to them. */
export const loadbalance: SetUp = (directive, { random }) => {
  expectNoMore(directive, 1);
  const { args, line } = directive;
  const [policy = 'round_robin'] = args;
  if (policy !== 'round_robin')
    throw new CorefileError(line, `loadbalance: policy ${policy} is not supported; use round_robin`);
  return {
    name: 'loadbalance',
    handle: (query, next) =>
      mapReply(next(query), (reply) =>
        reply.answers.length < 2 ? reply : { ...reply, answers: reordered(reply.answers, random) },
      ),
    again: (_query, reply) => (reply.answers.length < 2 ? undefined : shuffler(random)),
  };
};

export function reordered(answers: readonly ResourceRecord[], random: () => number): ResourceRecord[] {
  const isAlias = (r: ResourceRecord) => r.type === recordType.CNAME;
  const isMail = (r: ResourceRecord) => r.type === recordType.MX;
  const isAddress = (r: ResourceRecord) => r.type === recordType.A || r.type === recordType.AAAA;
  return [
    ...answers.filter(isAlias),
    ...shuffled(answers.filter(isAddress), random),
    ...shuffled(answers.filter(isMail), random),
    ...answers.filter((r) => !isAlias(r) && !isAddress(r) && !isMail(r)),
  ];
}

function shuffled<T>(list: T[], random: () => number): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j] as T, list[i] as T];
  }
  return list;
}

/** The same among bytes: addresses of one name and one type change their places. */
function shuffler(random: () => number): Again {
  // An answer has at most two forms: with EDNS and without.
  const known = new Map<Uint8Array, ReturnType<typeof addressesIn>>();
  return (bytes) => {
    const { places, length } = known.get(bytes) ?? addressesIn(bytes);
    known.set(bytes, { places, length });
    for (let i = places.length - 1; i > 0; i--) {
      const a = places[i] as number;
      const b = places[Math.floor(random() * (i + 1))] as number;
      for (let k = 0; k < length; k++) {
        const byte = bytes[a + k] as number;
        bytes[a + k] = bytes[b + k] as number;
        bytes[b + k] = byte;
      }
    }
  };
}
