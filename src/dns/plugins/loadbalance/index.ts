import { mapReply } from '../../chain.ts';
import type { SetUp } from '../../contract.ts';
import { expectNoMore } from '../../corefile/arity.ts';
import { CorefileError } from '../../corefile/parse.ts';
import type { ResourceRecord } from '../../wire/message.ts';
import { recordType } from '../../wire/types.ts';

/** Gives addresses in another order each time, behind the aliases that lead to them. */
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
  };
};

export function reordered(answers: readonly ResourceRecord[], random: () => number): ResourceRecord[] {
  const isAddress = (r: ResourceRecord) => r.type === recordType.A || r.type === recordType.AAAA;
  const addresses = answers.filter(isAddress);
  for (let i = addresses.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [addresses[i], addresses[j]] = [addresses[j] as ResourceRecord, addresses[i] as ResourceRecord];
  }
  return [
    ...answers.filter((r) => r.type === recordType.CNAME),
    ...addresses,
    ...answers.filter((r) => !isAddress(r) && r.type !== recordType.CNAME),
  ];
}
