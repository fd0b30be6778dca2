/**
 * Permissions as rules: one chain for each distinct list of them, however many pods it holds for, and one set for
 * each distinct choice of pods. Both are named by what they say, so what is equal is shared.
 */
import { createHash } from 'node:crypto';
import { familyOf, outermost } from '../lib/ip.ts';
import {
  type Block,
  type Direction,
  describeSelection,
  type NamedPort,
  type Peers,
  type Permission,
  type Ports,
} from './evaluate.ts';
import { isEveryPort, portText } from './ports.ts';
import type { PodSet } from './sets.ts';

export interface PolicyChain {
  name: string;
  rules: readonly string[];
  /** That the rules look at. */
  sets: readonly PodSet[];
}

/** A condition of a rule; without a family it holds for both. */
interface Match {
  family?: 4 | 6;
  text: string;
  set?: PodSet;
}

const families = [
  { family: 4, ip: 'ip' },
  { family: 6, ip: 'ip6' },
] as const;

const always: Match = { text: '' };

/** What is let through returns to where it came from: the other end's pod may have a word in it too. */
export function chainOf(direction: Direction, permissions: readonly Permission[]): PolicyChain {
  const sets = new Map<string, PodSet>();
  const rules = new Set<string>();
  for (const { peers, ports } of permissions) {
    for (const peer of peers ? peerMatches(direction, peers) : [always])
      for (const port of ports ? portMatches(ports) : [always]) {
        if (peer.family && port.family && peer.family !== port.family) continue;
        for (const { set } of [peer, port]) if (set) sets.set(set.name, set);
        rules.add([peer.text, port.text, 'return'].filter(Boolean).join(' '));
      }
  }
  const all = [...rules, 'goto refuse'];
  const name = `${direction}-${digest(all)}`;
  return { name, rules: all, sets: [...sets.values()] };
}

function peerMatches(direction: Direction, { selections, blocks }: Peers): Match[] {
  const side = direction === 'ingress' ? 'saddr' : 'daddr';
  const matches = blockMatches(side, blocks);
  if (selections.length === 0) return matches;
  const kind = { of: 'pods', selections } as const;
  for (const { family, ip } of families) {
    const name = `pods${family}-${digest(selections)}`;
    const set = { name, family, kind, comment: selections.map(describeSelection).join(', ') };
    matches.push({ family, text: `${ip} ${side} @${name}`, set });
  }
  return matches;
}

function blockMatches(side: string, blocks: readonly Block[]): Match[] {
  return families.flatMap(({ family, ip }) => {
    const own = blocks.filter(({ cidr }) => familyOf(cidr) === family);
    const whole = outermost(own.filter(({ except }) => except.length === 0).map(({ cidr }) => cidr));
    const texts = [
      ...(whole.length > 0 ? [inRanges(family, `${ip} ${side}`, whole)] : []),
      ...own
        .filter(({ except }) => except.length > 0)
        .map(
          ({ cidr, except }) =>
            `${inRanges(family, `${ip} ${side}`, [cidr])} ${ip} ${side} != { ${outermost(except).join(', ')} }`,
        ),
    ];
    return texts.map((text) => ({ family, text }));
  });
}

const inRanges = (family: 4 | 6, address: string, ranges: readonly string[]): string =>
  ranges.some((range) => range.endsWith('/0'))
    ? `meta nfproto ipv${family}`
    : `${address} { ${ranges.join(', ')} }`;

function portMatches({ ranges, names }: Ports): Match[] {
  const byNumber = (['tcp', 'udp', 'sctp'] as const).flatMap((protocol): Match[] => {
    const own = ranges.filter((range) => range.protocol === protocol);
    if (own.length === 0) return [];
    const ports = own.some(isEveryPort) ? '' : ` th dport { ${own.map(portText).join(', ')} }`;
    return [{ text: `meta l4proto ${protocol}${ports}` }];
  });
  return [...byNumber, ...(names.length > 0 ? namedMatches(names) : [])];
}

/** The named port is always one of the pod that receives. */
function namedMatches(ports: readonly NamedPort[]): Match[] {
  const comment = ports.map(({ name, protocol }) => `${name}/${protocol}`).join(', ');
  return families.map(({ family, ip }) => {
    const name = `ports${family}-${digest(ports)}`;
    return {
      family,
      text: `${ip} daddr . meta l4proto . th dport @${name}`,
      set: { name, family, kind: { of: 'ports', ports }, comment },
    };
  });
}

const digest = (content: unknown): string =>
  createHash('sha1').update(JSON.stringify(content)).digest('hex').slice(0, 12);
