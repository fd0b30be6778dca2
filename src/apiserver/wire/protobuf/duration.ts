/** `metav1.Duration`: in JSON Go's text, `1h2m0.5s`; in protobuf nanoseconds. https://pkg.go.dev/time#ParseDuration */

import { badRequest } from '../../../api/errors.ts';
import { type Reader, VARINT } from './reader.ts';
import { eachField } from './scalars.ts';
import type { Writer } from './writer.ts';

const nanosOf: Readonly<Record<string, bigint>> = {
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1_000n,
  µs: 1_000n,
  ns: 1n,
};

/** Zero is `0s`; below a second the largest unit that fits, `1.5ms`. */
export function formatDuration(nanos: bigint): string {
  if (nanos < 0n) return `-${formatDuration(-nanos)}`;
  if (nanos === 0n) return '0s';
  for (const [unit, size] of [
    ['ns', 1n],
    ['µs', 1_000n],
    ['ms', 1_000_000n],
  ] as const)
    if (nanos < size * 1000n) return `${decimal(nanos, size)}${unit}`;
  const hours = nanos / 3_600_000_000_000n;
  const minutes = (nanos / 60_000_000_000n) % 60n;
  const seconds = `${decimal(nanos % 60_000_000_000n, 1_000_000_000n)}s`;
  if (hours > 0n) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0n ? `${minutes}m${seconds}` : seconds;
}

function decimal(value: bigint, unit: bigint): string {
  const fraction = String(value % unit)
    .padStart(String(unit).length - 1, '0')
    .replace(/0+$/, '');
  return unit === 1n || fraction === '' ? String(value / unit) : `${value / unit}.${fraction}`;
}

export function parseDuration(text: string): bigint {
  const sign = text.startsWith('-') ? -1n : 1n;
  const unsigned = text.replace(/^[-+]/, '');
  if (unsigned === '0') return 0n;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:h|ms|m|s|us|µs|ns))+$/.test(unsigned))
    throw badRequest(`Cannot read the duration "${text}"`);
  let total = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of unsigned.matchAll(
    /(\d*)\.?(\d*)(h|ms|m|s|us|µs|ns)/g,
  )) {
    const size = nanosOf[unit] ?? 0n;
    total += BigInt(whole || '0') * size + (BigInt(fraction || '0') * size) / 10n ** BigInt(fraction.length);
  }
  return sign * total;
}

export function readDuration(r: Reader): string {
  let nanos = 0n;
  eachField(r, (number, wireType) => {
    if (number === 1 && wireType === VARINT) nanos = r.readBigint();
    else r.skip(wireType);
  });
  return formatDuration(nanos);
}

export function writeDuration(w: Writer, text: string): void {
  const before = w.size;
  w.bigint(parseDuration(text));
  w.tag(1, VARINT);
  w.varint(w.size - before);
}
