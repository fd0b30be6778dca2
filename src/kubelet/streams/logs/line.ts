/**
 * One line of a log as container runtimes write it: `2026-01-01T00:00:00.000000000Z stdout F text`.
 * https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md
 */
export interface LogLine {
  /** RFC 3339 with nanoseconds, in any zone. */
  timestamp: string;
  stream: 'stdout' | 'stderr';
  /** The line goes on in the next entry of the same stream. */
  partial: boolean;
  content: Buffer;
}

const space = 0x20;
const partialTag = 0x50;

/** Without its newline; `undefined` for what is no such line. */
export function parseLine(raw: Buffer): LogLine | undefined {
  const afterTime = raw.indexOf(space);
  const afterStream = raw.indexOf(space, afterTime + 1);
  const stream = raw.toString('latin1', afterTime + 1, afterStream);
  if (afterTime < 1 || (stream !== 'stdout' && stream !== 'stderr')) return undefined;
  const afterTags = raw.indexOf(space, afterStream + 1);
  return {
    timestamp: raw.toString('latin1', 0, afterTime),
    stream,
    // Tags are joined by colons, and the first tells whether the line is whole.
    partial: raw[afterStream + 1] === partialTag,
    content: afterTags < 0 ? raw.subarray(raw.length) : raw.subarray(afterTags + 1),
  };
}

/** As `kubectl logs --timestamps` prints it: nine digits of a second, `Z` for no offset. */
export function printedTimestamp(timestamp: string): string {
  const match = /^(.*T\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(timestamp);
  if (!match) return timestamp;
  const [, second, fraction = '', zone = ''] = match;
  return `${second}.${fraction.padEnd(9, '0')}${/^[+-]00:00$/.test(zone) ? 'Z' : zone}`;
}
