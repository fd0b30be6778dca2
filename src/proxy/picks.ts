/** Chains that draw one of N slots. Services with as many endpoints share one. */
import { commands, markBit } from './table.ts';

export interface Pick {
  count: number;
  /** The connection gets this node's source address. */
  masquerade: boolean;
  /** For so long after its last connection a client keeps its slot: sessionAffinityConfig.clientIP.timeoutSeconds. */
  stickySeconds?: number;
}

/** `pick-3`, `pick-3-masquerade`, `pick-3-sticky-10800` */
export function pickName({ count, masquerade, stickySeconds }: Pick): string {
  const sticky = stickySeconds === undefined ? '' : `-sticky-${stickySeconds}`;
  return `pick-${count}${sticky}${masquerade ? '-masquerade' : ''}`;
}

/** What the mark is for slot 0; each slot is one more. */
export function firstMark({ masquerade, stickySeconds }: Pick): number {
  return (masquerade ? markBit.masquerade : 0) + (stickySeconds === undefined ? 0 : markBit.sticky);
}

export function pickCommands(pick: Pick): string[] {
  const name = pickName(pick);
  return [commands.addChain(name), ...rules(pick).map((rule) => commands.addRule(name, rule))];
}

function rules(pick: Pick): string[] {
  const first = firstMark(pick);
  const draw = `meta mark set numgen random mod ${pick.count}${first ? ` offset ${first}` : ''}`;
  if (pick.stickySeconds === undefined) return [draw];
  const client = 'ip saddr . ip daddr . meta l4proto . th dport';
  return [
    // nft 1.0.6 has no map for IPv6 clients (it aborts on `update` with so long a key): they are told apart by
    // a hash, and stay where they are as long as the number of slots does.
    `meta mark set jhash ip6 saddr . ip6 daddr mod ${pick.count} seed 0x1 offset ${first} return`,
    'meta mark set 0',
    `meta mark set ${client} map @affinity4`,
    // No slot yet, or one from when there were more.
    `meta mark < ${first} ${draw}`,
    `meta mark >= ${first + pick.count} ${draw}`,
    `update @affinity4 { ${client} timeout ${pick.stickySeconds}s : meta mark }`,
  ];
}
