/** The rule language that this project writes, read: matches, then statements. */
import type { Table } from './ruleset.ts';
import { normalKey } from './values.ts';

/** Something that is read off a packet: `ip daddr`, `meta mark`. */
export type Selector = (typeof selectors)[number];

const selectors = [
  'ct original ip6 daddr',
  'ct original ip daddr',
  'fib daddr type',
  'fib saddr type',
  'ip saddr',
  'ip daddr',
  'ip6 saddr',
  'ip6 daddr',
  'meta nfproto',
  'meta l4proto',
  'meta mark',
  'th sport',
  'th dport',
  'tcp dport',
  'udp dport',
  'ct direction',
  'ct status',
  'ct state',
  'iifname',
  'oifname',
] as const;

export type Expression =
  | { kind: 'read'; parts: Selector[]; mask?: number; map?: string }
  | { kind: 'hash'; parts: Selector[]; mod: number; offset: number }
  | { kind: 'random'; mod: number; offset: number }
  | { kind: 'constant'; value: string };

type Verdict =
  | { kind: 'accept' | 'drop' | 'return' }
  | { kind: 'jump' | 'goto'; chain: string }
  | { kind: 'reject'; with: string };

export type Statement =
  | {
      kind: 'match';
      left: Expression;
      operator: '==' | '!=' | '<' | '>=';
      right: { set: string } | { values: string[] };
    }
  | { kind: 'vmap'; left: Expression; map: string }
  | { kind: 'setMark'; value: Expression }
  | { kind: 'dnat'; family: 4 | 6; to: Expression }
  | { kind: 'masquerade' }
  | { kind: 'update' | 'delete'; container: string; key: Expression; value?: Expression }
  | Verdict;

/** Reads a rule from left to right. */
class Reader {
  #rest: string;
  constructor(text: string) {
    this.#rest = text.trim();
  }

  get isAtEnd(): boolean {
    return this.#rest === '';
  }

  /** Takes what the pattern matches at this place, if it does. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    const match = new RegExp(`^(?:${pattern.source})(?=\\s|$)`).exec(this.#rest);
    if (!match) return undefined;
    this.#rest = this.#rest.slice(match[0].length).trimStart();
    return match;
  }

  must(pattern: RegExp): RegExpExecArray {
    const match = this.take(pattern);
    if (!match) throw new Error(`syntax error at ${JSON.stringify(this.#rest.slice(0, 60))}`);
    return match;
  }
}

export function parseRule(text: string): Statement[] {
  const reader = new Reader(text);
  const statements: Statement[] = [];
  while (!reader.isAtEnd) statements.push(statement(reader));
  return statements;
}

function statement(reader: Reader): Statement {
  const plain = reader.take(/accept|drop|return|masquerade/);
  if (plain) return { kind: plain[0] as 'accept' | 'drop' | 'return' | 'masquerade' };
  const jump = reader.take(/(jump|goto) ([\w-]+)/);
  if (jump) return { kind: jump[1] as 'jump' | 'goto', chain: jump[2] ?? '' };
  const reject = reader.take(/reject(?: with (tcp reset|\w+ [\w-]+))?/);
  if (reject) return { kind: 'reject', with: reject[1] ?? 'icmpx port-unreachable' };
  if (reader.take(/meta mark set/)) return { kind: 'setMark', value: expression(reader) };
  const dnat = reader.take(/dnat (ip6?) to/);
  if (dnat) return { kind: 'dnat', family: dnat[1] === 'ip' ? 4 : 6, to: expression(reader) };
  const update = reader.take(/(update|delete) @([\w-]+) \{/);
  if (update) return updateOf(reader, update[1] as 'update' | 'delete', update[2] ?? '');
  return match(reader);
}

function updateOf(reader: Reader, kind: 'update' | 'delete', container: string): Statement {
  const key = expression(reader);
  reader.take(/timeout \w+/);
  const value = reader.take(/:/) ? expression(reader) : undefined;
  reader.must(/\}/);
  return { kind, container, key, ...(value && { value }) };
}

function match(reader: Reader): Statement {
  const left = expression(reader);
  if (left.kind === 'constant') throw new Error(`syntax error at ${JSON.stringify(left.value)}`);
  const vmap = reader.take(/vmap @([\w-]+)/);
  if (vmap) return { kind: 'vmap', left, map: vmap[1] ?? '' };
  const operator = (reader.take(/==|!=|<|>=/)?.[0] ?? '==') as '==' | '!=' | '<' | '>=';
  const set = reader.take(/@([\w-]+)/);
  if (set) return { kind: 'match', left, operator, right: { set: set[1] ?? '' } };
  const list = reader.take(/\{([^}]*)\}/);
  const values = (list?.[1] ?? reader.must(/"[^"]*"|[\w.:/*,-]+/)[0])
    .split(',')
    .map((v) => normalKey(v.trim()));
  return { kind: 'match', left, operator, right: { values } };
}

function expression(reader: Reader): Expression {
  const random = reader.take(/numgen random mod (\d+)(?: offset (\w+))?/);
  if (random) return { kind: 'random', mod: Number(random[1]), offset: Number(random[2] ?? 0) };
  if (reader.take(/jhash/)) return hash(reader);
  const parts = concatenation(reader);
  if (parts.length === 0) return { kind: 'constant', value: normalKey(reader.must(/[\w.:-]+/)[0]) };
  const mask = reader.take(/& (\w+)/)?.[1];
  const map = reader.take(/map @([\w-]+)/)?.[1];
  return { kind: 'read', parts, ...(mask && { mask: Number(mask) }), ...(map && { map }) };
}

const anySelector = new RegExp(selectors.join('|'));

function concatenation(reader: Reader): Selector[] {
  const first = reader.take(anySelector);
  const parts = first ? [first[0] as Selector] : [];
  while (first && reader.take(/\./)) parts.push(reader.must(anySelector)[0] as Selector);
  return parts;
}

function hash(reader: Reader): Expression {
  const parts = concatenation(reader);
  const [, mod, offset] = reader.must(/mod (\d+)(?: seed \w+)?(?: offset (\w+))?/);
  return { kind: 'hash', parts, mod: Number(mod), offset: Number(offset ?? 0) };
}

/** Throws where the rule is not in the language or names what the table does not have. */
export function checkRule(table: Table, rule: string): void {
  const container = (name: string) => {
    if (!table.containers.has(name)) throw new Error(`No such file or directory: set ${name}`);
  };
  const read = (e: Expression) => e.kind === 'read' && e.map && container(e.map);
  for (const s of parseRule(rule)) {
    if ((s.kind === 'jump' || s.kind === 'goto') && !table.chains.has(s.chain))
      throw new Error(`No such file or directory: chain ${s.chain}`);
    if (s.kind === 'vmap') container(s.map);
    if (s.kind === 'match' && 'set' in s.right) container(s.right.set);
    if (s.kind === 'match') read(s.left);
    if (s.kind === 'setMark') read(s.value);
    if (s.kind === 'dnat') read(s.to);
    if (s.kind === 'update' || s.kind === 'delete') container(s.container);
  }
}
