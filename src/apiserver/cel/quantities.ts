/** https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-quantity-library */
import type { Environment } from '@marcbachmann/cel-js';
import { parseQuantity } from '../../api/quantity.ts';

class CelQuantity {
  readonly milli: bigint;
  constructor(milli: bigint) {
    this.milli = milli;
  }
}

const read = (text: string) => new CelQuantity(parseQuantity(text).milli);

const isQuantity = (text: string) => {
  try {
    parseQuantity(text);
    return true;
  } catch {
    return false;
  }
};

export function registerQuantities(env: Environment): void {
  env.registerType('Quantity', { ctor: CelQuantity, fields: {} });
  env.registerFunction('quantity(string): Quantity', read);
  env.registerFunction('isQuantity(string): bool', isQuantity);
  env.registerFunction('Quantity.sign(): int', ({ milli }: CelQuantity) =>
    milli > 0n ? 1n : milli < 0n ? -1n : 0n,
  );
  env.registerFunction('Quantity.isInteger(): bool', ({ milli }: CelQuantity) => milli % 1000n === 0n);
  env.registerFunction('Quantity.asInteger(): int', ({ milli }: CelQuantity) => {
    if (milli % 1000n !== 0n) throw new Error('cannot convert value to integer');
    return milli / 1000n;
  });
  env.registerFunction(
    'Quantity.asApproximateFloat(): double',
    ({ milli }: CelQuantity) => Number(milli) / 1000,
  );
  const compare: Record<string, (a: bigint, b: bigint) => boolean | bigint> = {
    'isGreaterThan(Quantity): bool': (a, b) => a > b,
    'isLessThan(Quantity): bool': (a, b) => a < b,
    'compareTo(Quantity): int': (a, b) => (a < b ? -1n : a > b ? 1n : 0n),
  };
  for (const [signature, compute] of Object.entries(compare))
    env.registerFunction(`Quantity.${signature}`, (a: CelQuantity, b: CelQuantity) =>
      compute(a.milli, b.milli),
    );
  const add = (a: CelQuantity, milli: bigint) => new CelQuantity(a.milli + milli);
  env.registerFunction('Quantity.add(Quantity): Quantity', (a: CelQuantity, b: CelQuantity) =>
    add(a, b.milli),
  );
  env.registerFunction('Quantity.add(int): Quantity', (a: CelQuantity, b: bigint) => add(a, b * 1000n));
  env.registerFunction('Quantity.sub(Quantity): Quantity', (a: CelQuantity, b: CelQuantity) =>
    add(a, -b.milli),
  );
  env.registerFunction('Quantity.sub(int): Quantity', (a: CelQuantity, b: bigint) => add(a, -b * 1000n));
  env.registerOperator('Quantity == Quantity', (a: CelQuantity, b: CelQuantity) => a.milli === b.milli);
}
