import { Counter } from 'prom-client';
import { contains, parseAddress } from '../../../lib/ip.ts';
import type { Query, SetUp } from '../../contract.ts';
import { zonesOf } from '../../corefile/zones.ts';
import { replyTo } from '../../wire/message.ts';
import { zoneOf } from '../../wire/name.ts';
import { rcode } from '../../wire/types.ts';
import { type Action, type Rule, ruleOf } from './options.ts';

/** RFC 8914 sections 4.16 and 4.18, as an option of EDNS. */
const extendedErrors = { block: 15, filter: 17 } as const;
const extendedError = (code: number) => [{ code: 15, data: Uint8Array.of(0, code) }];

/** Says who may ask what: from the first rule that fits; where none does the question is allowed. */
export const acl: SetUp = (directive, { zones: ofServer, server, metrics }) => {
  const own = directive.args.flatMap(zonesOf);
  const zones = own.length > 0 ? own : ofServer;
  const rules = directive.block.map(ruleOf);
  const counts = metrics('acl', (to) => {
    const counter = (name: string, help: string) =>
      new Counter({
        name: `coredns_acl_${name}_requests_total`,
        help,
        labelNames: ['server', 'zone', 'view'],
        registers: [to],
      });
    return {
      allow: counter('allowed', 'Questions that were allowed.'),
      block: counter('blocked', 'Questions that were refused.'),
      filter: counter('filtered', 'Questions that were given an empty answer.'),
      drop: counter('dropped', 'Questions that were not answered.'),
    };
  });
  return {
    name: 'acl',
    handle(query, next) {
      const zone = query.isAllowed ? undefined : zoneOf(query.name, zones);
      if (zone === undefined) return next(query);
      const found = actionFor(rules, query);
      const action = found ?? 'allow';
      counts[action].inc({ server, zone, view: '' });
      // What a rule allows, no later list takes back.
      if (action === 'allow') return next(found ? { ...query, isAllowed: true } : query);
      const reply = replyTo(query.message, action === 'block' ? rcode.REFUSED : rcode.NOERROR);
      return action === 'drop'
        ? { ...reply, notes: { by: 'acl', silent: true } }
        : { ...reply, notes: { by: 'acl', options: extendedError(extendedErrors[action]) } };
    },
  };
};

/** `undefined` when no rule fits. */
function actionFor(rules: readonly Rule[], { question, client }: Query): Action | undefined {
  const source = parseAddress(client.address);
  const found = rules.find(
    ({ types, nets }) => types?.has(question.type) !== false && nets.some((net) => contains(net, source)),
  );
  return found?.action;
}
