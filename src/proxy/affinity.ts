/**
 * What clients of `sessionAffinity: ClientIP` were given, read from the kernel before its table is replaced: so
 * they stay where they are when the agent starts anew.
 */
import type { Nft } from '../nft/contract.ts';
import type { Element } from '../nft/transaction.ts';
import type { Remembered } from './state.ts';
import { commands, markBit, mostEndpoints, tableName } from './table.ts';

export interface Memory extends Remembered {
  /** Commands that bring back which client was given which endpoint. */
  commands: string[];
}

const nothing: Memory = { commands: [], numbers: new Map(), next: 0 };

/** Costs next to nothing while there is nothing to remember. */
export async function recall(nft: Nft): Promise<Memory> {
  const clients = ['affinity4', 'affinity6'];
  const given = await Promise.all(clients.map(async (map) => ({ map, elements: await read(nft, map) })));
  if (given.every(({ elements }) => elements.length === 0)) return nothing;
  const endpoints = ['endpoints4', 'endpoints6', 'node-port-endpoints4', 'node-port-endpoints6'];
  const numbers = await Promise.all(
    endpoints.map(async (map) => numbersIn(map.replace('-endpoints', ''), await read(nft, map))),
  );
  const taken = given.flatMap(({ elements }) => elements.map(([, value]) => numberOf(value)));
  return {
    commands: given.flatMap(({ map, elements }) =>
      elements.length === 0 ? [] : [commands.addElements(map, elements.map(elementOf))],
    ),
    numbers: new Map(numbers.flat()),
    next: 1 + Math.max(...taken, ...numbers.flat().flatMap(([, of]) => [...of.values()])),
  };
}

/** An element of a map as libnftables lists it in JSON. https://manpages.debian.org/bookworm/libnftables1/libnftables-json.5.en.html */
type Listed = [key: Key | { elem: { val: Key; timeout?: number; expires?: number } }, value: Key];
type Key = string | number | { concat: (string | number)[] };

/** Empty where there is no such map, as before the first start. */
async function read(nft: Nft, map: string): Promise<Listed[]> {
  const listed = (await nft.list(`map ${tableName} ${map}`).catch(() => undefined)) as
    | { nftables: { map?: { elem?: Listed[] } }[] }
    | undefined;
  return listed?.nftables.flatMap((entry) => entry.map?.elem ?? []) ?? [];
}

const partsOf = (key: Key): (string | number)[] => (typeof key === 'object' ? key.concat : [key]);

function elementOf([key, value]: Listed): Element {
  const { val, timeout, expires } = typeof key === 'object' && 'elem' in key ? key.elem : { val: key };
  const times = timeout === undefined ? '' : ` timeout ${timeout}s expires ${Math.max(expires ?? 0, 1)}s`;
  return { key: partsOf(val).join(' . ') + times, value: partsOf(value).join() };
}

const numberOf = (mark: Key): number => Number(mark) & mostEndpoints;

/** `endpoints4`, `node-port4`: those whose mark says that clients remember them. */
function numbersIn(map: string, elements: readonly Listed[]): [string, Map<string, number>][] {
  const found = new Map<string, Map<string, number>>();
  for (const [key, value] of elements) {
    const parts = partsOf(typeof key === 'object' && 'elem' in key ? key.elem.val : key);
    const mark = Number(parts.at(-1));
    if ((mark & markBit.sticky) === 0) continue;
    const side = mark & markBit.inside ? 'inside-' : '';
    const id = `${side}${map.replace('endpoints', 'service')} ${parts.slice(0, -1).join(' . ')}`;
    found.set(
      id,
      (found.get(id) ?? new Map<string, number>()).set(partsOf(value).join(' . '), numberOf(mark)),
    );
  }
  return [...found];
}
