/**
 * Amounts of cpu, memory and the like: `100m`, `1.5`, `128Mi`, `2e3`. Exact, as thousandths in a BigInt;
 * what is finer is rounded up, as Kubernetes does.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
import { remembered } from '../lib/remembered.ts';

export interface Quantity {
  /** Thousandths. */
  readonly milli: bigint;
  /** How it was written, which is how it is printed: `Ki`, `k` or `e3`. */
  readonly form: 'binary' | 'decimal' | 'exponent';
}

const binarySuffixes: Readonly<Record<string, bigint>> = {
  Ki: 1n << 10n,
  Mi: 1n << 20n,
  Gi: 1n << 30n,
  Ti: 1n << 40n,
  Pi: 1n << 50n,
  Ei: 1n << 60n,
};

/** Suffix to power of ten. */
const decimalSuffixes: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

const BAD_FORM =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** More than any machine has, and few enough digits to reckon with. */
const MAX_EXPONENT = 30;

/** A cluster uses few amounts, and each of them is read at every write of a pod, several times. */
const maxKnown = 1000;

/** Throws an Error that says what is wrong, in Kubernetes' words. */
export const parseQuantity: (text: string) => Quantity = remembered(maxKnown, parse);

function parse(text: string): Quantity {
  const found = /^([+-]?)(\d*)(?:\.(\d*))?(?:([KMGTPE]i)|([numkMGTPE]?)|[eE]([+-]?\d+))$/.exec(text);
  const [, sign = '', whole = '', fraction = '', binary, decimal, exponent] = found ?? [];
  if (!found || whole + fraction === '') throw new Error(BAD_FORM);
  const digits = BigInt(whole + fraction);
  const signed = sign === '-' ? -digits : digits;
  if (binary !== undefined) {
    const factor = binarySuffixes[binary] ?? 1n;
    return { milli: scaleUp(signed * factor, 3 - fraction.length), form: 'binary' };
  }
  const power = exponent === undefined ? (decimalSuffixes[decimal ?? ''] ?? 0) : Number(exponent);
  if (Math.abs(power) > MAX_EXPONENT) throw new Error(BAD_FORM);
  return {
    milli: scaleUp(signed, power + 3 - fraction.length),
    form: exponent === undefined ? 'decimal' : 'exponent',
  };
}

/** `value × 10^power`, rounded away from zero. */
function scaleUp(value: bigint, power: number): bigint {
  if (power >= 0) return value * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  const whole = value / divisor;
  if (whole * divisor === value) return whole;
  return value < 0n ? whole - 1n : whole + 1n;
}

/** The canonical text: no fraction, the largest suffix that leaves a whole number. */
export function formatQuantity({ milli, form }: Quantity): string {
  if (milli === 0n) return '0';
  if (form === 'binary') {
    const magnitude = milli < 0n ? -milli : milli;
    // Below 1024, and where there are fractions, the decimal form says it better.
    if (milli % 1000n === 0n && magnitude >= 1024_000n) return formatBinary(milli / 1000n);
    return formatDecimal(milli, 'decimal');
  }
  return formatDecimal(milli, form);
}

function formatBinary(units: bigint): string {
  const [suffix = '', factor = 1n] =
    Object.entries(binarySuffixes).findLast(([, factor]) => units % factor === 0n) ?? [];
  return `${units / factor}${suffix}`;
}

function formatDecimal(milli: bigint, form: 'decimal' | 'exponent'): string {
  let power = -3;
  let value = milli;
  while (power < 18 && value % 1000n === 0n) {
    value /= 1000n;
    power += 3;
  }
  if (form === 'exponent') return power === 0 ? `${value}` : `${value}e${power}`;
  const suffix = Object.entries(decimalSuffixes).find(([, p]) => p === power)?.[0] ?? '';
  return `${value}${suffix}`;
}

/** Negative, zero or positive, as `a` is less than, equal to or greater than `b`. */
export const compareQuantities = (a: Quantity, b: Quantity): number =>
  a.milli < b.milli ? -1 : a.milli > b.milli ? 1 : 0;

/** The sum, in the form of `a`. */
export const addQuantities = (a: Quantity, b: Quantity): Quantity => ({
  milli: a.milli + b.milli,
  form: a.milli === 0n ? b.form : a.form,
});

/** The canonical text of a quantity as a client wrote it: `1000m` is `1`. */
export const canonicalQuantity: (text: string) => string = remembered(maxKnown, (text) =>
  formatQuantity(parseQuantity(text)),
);

/** Thousandths of a text: the usual wish of who reckons with cpu. */
export const milliOf = (text: string): bigint => parseQuantity(text).milli;
