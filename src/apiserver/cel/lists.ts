/** https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-list-library */
import { isDeepStrictEqual } from 'node:util';
import { type Environment, Optional } from '@marcbachmann/cel-js';
import { registerUnder } from './named.ts';

type Ordered = bigint | number | string | boolean | Date;

export function registerLists(env: Environment): void {
  env.registerFunction('list.isSorted(): bool', (list: Ordered[]) =>
    list.every((item, i) => i === 0 || !isLess(item, list[i - 1] as Ordered)),
  );
  env.registerFunction('list.sum(): dyn', sum);
  env.registerFunction('list.min(): dyn', (list: Ordered[]) => extreme('min', list, isLess));
  env.registerFunction('list.max(): dyn', (list: Ordered[]) => extreme('max', list, (a, b) => isLess(b, a)));
  env.registerFunction('list.indexOf(dyn): int', (list: unknown[], item: unknown) =>
    BigInt(list.findIndex((one) => isEqual(one, item))),
  );
  env.registerFunction('list.lastIndexOf(dyn): int', (list: unknown[], item: unknown) =>
    BigInt(list.findLastIndex((one) => isEqual(one, item))),
  );
  env.registerFunction('list.slice(int, int): list', (list: unknown[], from: bigint, to: bigint) => {
    if (from < 0n || to < from || to > BigInt(list.length))
      throw new Error(`index out of bounds: ${from}:${to}`);
    return list.slice(Number(from), Number(to));
  });
  env.registerFunction('list.reverse(): list', (list: unknown[]) => list.toReversed());
  env.registerFunction('list.distinct(): list', (list: unknown[]) =>
    list.filter((item, i) => list.findIndex((one) => isEqual(one, item)) === i),
  );
  env.registerFunction('list.flatten(): list', (list: unknown[]) => list.flat());
  env.registerFunction('list.first(): optional', (list: unknown[]) => optional(list, 0));
  env.registerFunction('list.last(): optional', (list: unknown[]) => optional(list, list.length - 1));
  registerUnder(env, 'sets', {
    'contains(list, list): bool': contains,
    'equivalent(list, list): bool': (a: unknown[], b: unknown[]) => contains(a, b) && contains(b, a),
    'intersects(list, list): bool': (a: unknown[], b: unknown[]) => b.some((item) => has(a, item)),
  });
}

const has = (list: readonly unknown[], item: unknown) => list.some((one) => isEqual(one, item));

const contains = (list: readonly unknown[], all: readonly unknown[]) => all.every((item) => has(list, item));

const optional = (list: readonly unknown[], i: number) =>
  list.length === 0 ? Optional.none() : Optional.of(list[i]);

function isLess(a: Ordered, b: Ordered): boolean {
  return a < b;
}

/** 1 and 1.0 are equal in CEL. */
function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a === 'bigint' || typeof b === 'bigint') {
    // oxlint-disable-next-line eqeqeq -- an integer is equal to a double of the same value
    return typeof a === 'number' || typeof b === 'number' ? a == b : a === b;
  }
  return isDeepStrictEqual(a, b);
}

interface Duration {
  addDuration(other: Duration): Duration;
}

function sum(list: (bigint | number | Duration)[]): bigint | number | Duration {
  const [first, ...rest] = list;
  if (first === undefined) return 0n;
  if (typeof first === 'object')
    return (rest as Duration[]).reduce((total, one) => total.addDuration(one), first);
  if (typeof first === 'bigint') return (rest as bigint[]).reduce((total, one) => total + one, first);
  return (rest as number[]).reduce((total, one) => total + Number(one), first);
}

function extreme(
  name: string,
  list: readonly Ordered[],
  isBetter: (a: Ordered, b: Ordered) => boolean,
): Ordered {
  const [first] = list;
  if (first === undefined) throw new Error(`${name} called on empty list`);
  return list.reduce((best, one) => (isBetter(one, best) ? one : best), first);
}
