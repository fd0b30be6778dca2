/**
 * nftables without a kernel, for tests and for `trace`: it understands the commands that this project
 * writes, refuses what the kernel would refuse, and says so for anything else.
 */
import type { Nft } from './contract.ts';
import { checkRule } from './expressions.ts';
import {
  type BaseChain,
  type Container,
  copyRuleset,
  type Hook,
  type Ruleset,
  type Table,
} from './ruleset.ts';
import { normalKey, priorityOf } from './values.ts';

export class FakeNft implements Nft {
  #ruleset: Ruleset = new Map();
  /** Every transaction that was carried out. */
  readonly transactions: string[] = [];

  get ruleset(): Ruleset {
    return this.#ruleset;
  }

  async run(transaction: string): Promise<void> {
    this.#ruleset = apply(this.#ruleset, transaction);
    this.transactions.push(transaction);
  }

  /** As `nft -j list ruleset` names tables; the rest of a listing is in {@link ruleset}. */
  async list(what: string): Promise<unknown> {
    if (what !== 'tables') throw new Error(`Cannot list ${what}: only tables are listed by the fake`);
    const tables = [...this.#ruleset.keys()].map((name) => name.split(' '));
    return { nftables: tables.map(([family, name]) => ({ table: { family, name } })) };
  }

  async close(): Promise<void> {}
}

/** The ruleset after a transaction; the one that was given stays as it is. Throws where the kernel would refuse. */
export function apply(before: Ruleset, transaction: string): Ruleset {
  const after = copyRuleset(before);
  for (const [index, line] of transaction.split('\n').entries()) {
    const command = line.trim();
    if (command === '' || command.startsWith('#')) continue;
    try {
      carryOut(after, command);
    } catch (err) {
      throw new Error(
        `Cannot change nftables: line ${index + 1}: ${(err as Error).message}\n${command.slice(0, 300)}`,
      );
    }
  }
  return after;
}

function carryOut(ruleset: Ruleset, command: string): void {
  const match =
    /^(add|delete|flush) (table|chain|rule|set|map|element) (\w+ [\w-]+)(?: ([\w-]+))?(?: (.*))?$/.exec(
      command,
    );
  if (!match) throw new Error('syntax error');
  const [, verb = '', object = '', tableName = '', name = '', rest = ''] = match;
  if (object === 'table') return onTable(ruleset, verb, tableName);
  const table = ruleset.get(tableName);
  if (!table) throw new Error(`No such file or directory: table ${tableName}`);
  const action = actions[`${verb} ${object}`];
  if (!action) throw new Error(`not supported: ${verb} ${object}`);
  action(table, name, rest);
}

function onTable(ruleset: Ruleset, verb: string, name: string): void {
  if (verb === 'add' && !ruleset.has(name))
    ruleset.set(name, { name, chains: new Map(), containers: new Map() });
  if (verb === 'delete' && !ruleset.delete(name)) throw new Error(`No such file or directory: table ${name}`);
  if (verb === 'flush') throw new Error('not supported: flush table');
}

const actions: Record<string, (table: Table, name: string, rest: string) => void> = {
  'add chain': (table, name, rest) => {
    const base = rest ? baseChain(rest) : undefined;
    if (!table.chains.has(name)) table.chains.set(name, { rules: [], ...(base && { base }) });
  },
  'delete chain': (table, name) => {
    const chain = chainOf(table, name);
    if (isUsed(table, name)) throw new Error(`Device or resource busy: chain ${name} is used`);
    if (chain.base === undefined && chain.rules.length > 0) chain.rules.length = 0;
    table.chains.delete(name);
  },
  'flush chain': (table, name) => {
    chainOf(table, name).rules.length = 0;
  },
  'add rule': (table, name, rest) => {
    checkRule(table, rest);
    chainOf(table, name).rules.push(rest);
  },
  'add set': (table, name, rest) => addContainer(table, name, 'set', rest),
  'add map': (table, name, rest) => addContainer(table, name, 'map', rest),
  'delete set': (table, name) => void table.containers.delete(name),
  'delete map': (table, name) => void table.containers.delete(name),
  'flush set': (table, name) => containerOf(table, name).elements.clear(),
  'flush map': (table, name) => containerOf(table, name).elements.clear(),
  'add element': (table, name, rest) => {
    const { elements, kind } = containerOf(table, name);
    for (const [key, value] of elementsIn(rest)) {
      if ((kind === 'map') !== (value !== '')) throw new Error(`${name} is a ${kind}: ${key}`);
      const target = /^(?:jump|goto) (.*)$/.exec(value)?.[1];
      if (target) chainOf(table, target);
      if (elements.has(key) && elements.get(key) !== value)
        throw new Error(`File exists: ${name} { ${key} }`);
      elements.set(key, value);
    }
  },
  'delete element': (table, name, rest) => {
    const { elements } = containerOf(table, name);
    for (const [key] of elementsIn(rest))
      if (!elements.delete(key)) throw new Error(`No such file or directory: ${name} { ${key} }`);
  },
};

function chainOf(table: Table, name: string) {
  const chain = table.chains.get(name);
  if (!chain) throw new Error(`No such file or directory: chain ${name}`);
  return chain;
}

function containerOf(table: Table, name: string): Container {
  const container = table.containers.get(name);
  if (!container) throw new Error(`No such file or directory: set ${name}`);
  return container;
}

function isUsed(table: Table, chain: string): boolean {
  const uses = (text: string) => new RegExp(`(?:jump|goto) ${chain}(?![\\w-])`).test(text);
  const inRules = [...table.chains.values()].some(({ rules }) => rules.some(uses));
  return inRules || [...table.containers.values()].some(({ elements }) => [...elements.values()].some(uses));
}

function baseChain(text: string): BaseChain {
  const match =
    /^\{ type (filter|nat|route) hook (\w+) priority ([^;]+);(?: policy (accept|drop);)? \}$/.exec(text);
  if (!match) throw new Error('syntax error');
  const [, type, hook, priority = '', policy = 'accept'] = match;
  return { type, hook: hook as Hook, priority: priorityOf(priority), policy } as BaseChain;
}

function addContainer(table: Table, name: string, kind: 'set' | 'map', text: string): void {
  const type = /^\{ type ([^;]+);/.exec(text)?.[1];
  if (!type || (kind === 'map') !== type.includes(' : ')) throw new Error('syntax error');
  if (table.containers.has(name)) return;
  table.containers.set(name, {
    kind,
    type,
    isInterval: /flags [^;]*interval/.test(text),
    elements: new Map(),
  });
}

/** `{ a . b : c, … }` */
function elementsIn(text: string): [key: string, value: string][] {
  const inner = /^\{(.*)\}$/.exec(text.trim())?.[1];
  if (inner === undefined) throw new Error('syntax error');
  return inner.split(',').map((element) => {
    const [key = '', value = ''] = element.split(' : ');
    return [normalKey(key.trim()), /^\s*(jump|goto)/.test(value) ? value.trim() : normalKey(value.trim())];
  });
}
