/**
 * The way of a packet through a ruleset: which rules it meets, where it is sent, what becomes of it.
 * It is the first packet of a connection; the hooks and their order are the kernel's.
 * https://wiki.nftables.org/wiki-nftables/index.php/Netfilter_hooks
 */
import { familyOf } from '../lib/ip.ts';
import { type Expression, parseRule, type Selector, type Statement } from './expressions.ts';
import type { Chain, Hook, Ruleset, Table } from './ruleset.ts';
import { isKeyIn } from './values.ts';

export interface Packet {
  /** The link that it comes in by; absent for a packet of this machine's own. */
  iifname?: string;
  saddr: string;
  daddr: string;
  protocol: 'tcp' | 'udp' | 'sctp' | 'icmp';
  sport?: number;
  dport?: number;
  mark?: number;
  /** An answer to a packet that was let through before. */
  isReply?: boolean;
}

/** What rules ask of the machine itself. */
export interface Host {
  isLocal(address: string): boolean;
  /** The link that leads to an address. */
  linkTo(address: string): string;
  /** The address that a masqueraded packet gets. */
  ownAddress(family: 4 | 6): string;
  /** A whole number from 0 to n − 1. */
  random(n: number): number;
}

interface Step {
  hook: Hook;
  table: string;
  chain: string;
  rule: string;
  /** `→ 10.244.0.5 port 8080` */
  did: string;
}

export interface Trace {
  verdict: 'accept' | 'drop' | 'reject';
  /** `tcp reset` */
  rejectedWith?: string;
  /** As it leaves, or arrives at a process. */
  packet: Packet;
  steps: Step[];
}

interface Walk {
  packet: Packet;
  original: Packet;
  oifname?: string;
  isDnat: boolean;
  host: Host;
  steps: Step[];
}

type Outcome = 'continue' | 'return' | 'accept' | 'drop' | { reject: string };

export function trace(ruleset: Ruleset, packet: Packet, host: Host): Trace {
  const walk: Walk = { packet: { ...packet }, original: { ...packet }, isDnat: false, host, steps: [] };
  const through = (hook: Hook) => walkHook(ruleset, hook, walk);
  const end = (outcome: 'accept' | 'drop' | { reject: string }): Trace =>
    typeof outcome === 'object'
      ? { verdict: 'reject', rejectedWith: outcome.reject, packet: walk.packet, steps: walk.steps }
      : { verdict: outcome, packet: walk.packet, steps: walk.steps };

  for (const hook of hooksOf(walk)) {
    if (hook !== 'prerouting' && hook !== 'input') walk.oifname = host.linkTo(walk.packet.daddr);
    const outcome = through(hook);
    if (outcome !== 'accept') return end(outcome);
  }
  return end('accept');
}

/** Later hooks depend on where earlier ones sent the packet. */
function* hooksOf(walk: Walk): Generator<Hook> {
  if (walk.packet.iifname === undefined) {
    yield 'output';
    yield 'postrouting';
    return;
  }
  yield 'prerouting';
  if (walk.host.isLocal(walk.packet.daddr)) return yield 'input';
  yield 'forward';
  yield 'postrouting';
}

function walkHook(ruleset: Ruleset, hook: Hook, walk: Walk): 'accept' | 'drop' | { reject: string } {
  for (const { table, name, chain } of chainsAt(ruleset, hook, familyOf(walk.packet.daddr))) {
    const outcome = walkChain(table, name, chain, hook, walk);
    if (outcome === 'drop' || typeof outcome === 'object') return outcome;
    if (outcome !== 'accept' && chain.base?.policy === 'drop') return 'drop';
  }
  return 'accept';
}

function chainsAt(ruleset: Ruleset, hook: Hook, family: 4 | 6) {
  const families = family === 4 ? ['inet', 'ip'] : ['inet', 'ip6'];
  return [...ruleset.values()]
    .filter((table) => families.includes(table.name.split(' ')[0] ?? ''))
    .flatMap((table) => Array.from(table.chains, ([name, chain]) => ({ table, name, chain })))
    .filter(({ chain }) => chain.base?.hook === hook)
    .sort((a, b) => (a.chain.base?.priority ?? 0) - (b.chain.base?.priority ?? 0));
}

function walkChain(table: Table, name: string, chain: Chain, hook: Hook, walk: Walk): Outcome {
  for (const rule of chain.rules) {
    const outcome = walkRule(table, name, rule, hook, walk);
    if (outcome !== 'continue') return outcome;
  }
  return 'continue';
}

function walkRule(table: Table, chain: string, rule: string, hook: Hook, walk: Walk): Outcome {
  const note = (did: string) => void walk.steps.push({ hook, table: table.name, chain, rule, did });
  for (const statement of parseRule(rule)) {
    const verdict = statement.kind === 'vmap' ? lookUpVerdict(statement, table, walk) : statement;
    if (verdict === undefined) return 'continue';
    switch (verdict.kind) {
      case 'match':
        if (!matches(verdict, table, walk)) return 'continue';
        break;
      case 'accept':
      case 'drop':
      case 'return':
        note(verdict.kind);
        return verdict.kind;
      case 'reject':
        note(`reject with ${verdict.with}`);
        return { reject: verdict.with };
      case 'jump':
      case 'goto': {
        note(`${verdict.kind} ${verdict.chain}`);
        const target = table.chains.get(verdict.chain);
        if (!target)
          throw new Error(`Cannot follow ${verdict.kind} ${verdict.chain}: there is no such chain`);
        const outcome = walkChain(table, verdict.chain, target, hook, walk);
        if (outcome === 'continue' || outcome === 'return')
          return verdict.kind === 'goto' ? 'return' : 'continue';
        return outcome;
      }
      default: {
        const outcome = act(verdict, table, walk, note);
        if (outcome !== 'next') return outcome;
      }
    }
  }
  return 'continue';
}

/** Statements that change something: `next` goes on in the same rule. */
function act(
  statement: Statement,
  table: Table,
  walk: Walk,
  note: (did: string) => void,
): 'next' | 'continue' | 'accept' {
  const { packet, host } = walk;
  if (statement.kind === 'masquerade') {
    packet.saddr = host.ownAddress(familyOf(packet.saddr));
    note(`from ${packet.saddr}`);
    return 'accept';
  }
  if (statement.kind === 'setMark') {
    const mark = evaluate(statement.value, table, walk);
    if (mark === undefined) return 'continue';
    packet.mark = Number(mark);
    note(`mark ${mark}`);
  }
  if (statement.kind === 'update' || statement.kind === 'delete') {
    const key = evaluate(statement.key, table, walk);
    const value = statement.value ? evaluate(statement.value, table, walk) : '';
    if (key === undefined || value === undefined) return 'continue';
    const elements = table.containers.get(statement.container)?.elements;
    if (statement.kind === 'delete') elements?.delete(key);
    // The kernel renews the time of an element that is there, and leaves its value.
    else if (!elements?.has(key)) elements?.set(key, value);
  }
  if (statement.kind === 'dnat') {
    if (familyOf(packet.daddr) !== statement.family) return 'continue';
    const to = evaluate(statement.to, table, walk);
    if (to === undefined) return 'continue';
    const [address = '', port] = to.split(' . ');
    packet.daddr = address;
    if (port) packet.dport = Number(port);
    walk.isDnat = true;
    note(`→ ${address} port ${port}`);
    return 'accept';
  }
  return 'next';
}

function lookUpVerdict(vmap: Statement & { kind: 'vmap' }, table: Table, walk: Walk): Statement | undefined {
  const key = evaluate(vmap.left, table, walk);
  const verdict = key === undefined ? undefined : lookUp(table, vmap.map, key);
  return verdict === undefined ? undefined : parseRule(verdict)[0];
}

function lookUp(table: Table, name: string, key: string): string | undefined {
  const container = table.containers.get(name);
  if (!container?.isInterval) return container?.elements.get(key);
  return [...container.elements].find(([pattern]) => isKeyIn(key, pattern))?.[1];
}

function matches(match: Statement & { kind: 'match' }, table: Table, walk: Walk): boolean {
  const value = evaluate(match.left, table, walk);
  if (value === undefined) return false;
  if ('set' in match.right)
    return (lookUp(table, match.right.set, value) !== undefined) === (match.operator === '==');
  const { values } = match.right;
  if (match.operator === '<') return Number(value) < Number(values[0]);
  if (match.operator === '>=') return Number(value) >= Number(values[0]);
  // Flags are a list: one of those asked for is enough.
  const found = values.some((pattern) => value.split(',').some((flag) => isKeyIn(flag, pattern)));
  return found === (match.operator === '==');
}

function evaluate(expression: Expression, table: Table, walk: Walk): string | undefined {
  if (expression.kind === 'constant') return expression.value;
  if (expression.kind === 'random') return String(walk.host.random(expression.mod) + expression.offset);
  const parts = expression.parts.map((selector) => read[selector](walk));
  if (parts.includes(undefined)) return undefined;
  const key = parts.join(' . ');
  if (expression.kind === 'hash') return String((hashOf(key) % expression.mod) + expression.offset);
  const value = expression.mask === undefined ? key : String((Number(key) & expression.mask) >>> 0);
  return expression.map ? lookUp(table, expression.map, value) : value;
}

/** Not the kernel's hash, but as steady. */
const hashOf = (text: string): number =>
  Buffer.from(text).reduce((hash, byte) => (hash * 31 + byte) >>> 0, 7);

const ofFamily = (family: 4 | 6, address: string): string | undefined =>
  familyOf(address) === family ? address : undefined;
const portOf = (walk: Walk, protocol: string): string | undefined =>
  walk.packet.protocol === protocol ? read['th dport'](walk) : undefined;

/** Undefined where the packet does not have it: the rule then does not apply. */
const read: Record<Selector, (walk: Walk) => string | undefined> = {
  'ip saddr': ({ packet }) => ofFamily(4, packet.saddr),
  'ip daddr': ({ packet }) => ofFamily(4, packet.daddr),
  'ip6 saddr': ({ packet }) => ofFamily(6, packet.saddr),
  'ip6 daddr': ({ packet }) => ofFamily(6, packet.daddr),
  'meta nfproto': ({ packet }) => (familyOf(packet.daddr) === 4 ? 'ipv4' : 'ipv6'),
  'meta l4proto': ({ packet }) => packet.protocol,
  'meta mark': ({ packet }) => String(packet.mark ?? 0),
  'th sport': ({ packet }) => packet.sport?.toString(),
  'th dport': ({ packet }) => packet.dport?.toString(),
  'tcp dport': (walk) => portOf(walk, 'tcp'),
  'udp dport': (walk) => portOf(walk, 'udp'),
  'ct status': ({ isDnat }) => (isDnat ? 'dnat' : ''),
  'ct state': ({ packet }) => (packet.isReply ? 'established' : 'new'),
  'ct direction': ({ packet }) => (packet.isReply ? 'reply' : 'original'),
  'ct original ip daddr': ({ original }) => ofFamily(4, original.daddr),
  'ct original ip6 daddr': ({ original }) => ofFamily(6, original.daddr),
  'fib daddr type': ({ packet, host }) => (host.isLocal(packet.daddr) ? 'local' : 'unicast'),
  'fib saddr type': ({ packet, host }) => (host.isLocal(packet.saddr) ? 'local' : 'unicast'),
  iifname: ({ packet }) => packet.iifname ?? '',
  oifname: ({ oifname }) => oifname ?? '',
};
