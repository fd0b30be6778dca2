/**
 * Schedules of CronJobs: five fields (minute, hour, day of month, month, day of week) with lists, ranges,
 * steps and names, or a word such as `@hourly` or `@every 90m`.
 * https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
 */

export interface Schedule {
  /** The first time after this one, in milliseconds; undefined when there is none within five years. */
  next(afterMs: number): number | undefined;
  /** Only of `@every`: it counts from the time it is asked about. */
  readonly everyMs?: number;
}

interface Bounds {
  name: string;
  min: number;
  max: number;
  /** Names of the numbers, from `min` on. */
  words?: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const fields = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, words: months },
  { name: 'day of week', min: 0, max: 6, words: weekdays },
] as const satisfies readonly Bounds[];

const words: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

interface Field {
  values: ReadonlySet<number>;
  /** Says nothing about the time: `*` or `?`. */
  any: boolean;
}

const minuteMs = 60_000;
const horizonMs = 5 * 366 * 24 * 60 * minuteMs;

/** Throws an Error that says what is wrong. `timeZone` as in the IANA database; UTC when absent. */
export function parseSchedule(text: string, timeZone = 'UTC'): Schedule {
  const spec = text.trim();
  if (spec.startsWith('@every ')) return everySoOften(spec.slice('@every '.length));
  if (spec.startsWith('@') && !words[spec]) throw new Error(`unrecognized descriptor: ${spec}`);
  const parts = (words[spec] ?? spec).split(/\s+/);
  if (spec === '' || parts.length !== fields.length)
    throw new Error(
      `expected exactly 5 fields, found ${spec === '' ? 0 : parts.length}: [${parts.join(' ')}]`,
    );
  const [minute, hour, day, month, weekday] = fields.map((bounds, i) =>
    parseField(parts[i] ?? '', bounds),
  ) as [Field, Field, Field, Field, Field];
  const offsetAt = offsets(timeZone);

  /** Both say something: either is enough. https://man7.org/linux/man-pages/man5/crontab.5.html */
  function matchesDay(local: Date): boolean {
    const ofMonth = day.values.has(local.getUTCDate());
    const ofWeek = weekday.values.has(local.getUTCDay());
    return day.any || weekday.any ? ofMonth && ofWeek : ofMonth || ofWeek;
  }

  /** When the clock on the wall shows this. */
  function atWall(wallMs: number, nearMs: number): number {
    const guess = wallMs - offsetAt(nearMs);
    return wallMs - offsetAt(guess);
  }

  return {
    next(afterMs) {
      let t = Math.floor(afterMs / minuteMs) * minuteMs + minuteMs;
      while (t - afterMs < horizonMs) {
        // Its UTC fields are what the clock on the wall shows.
        const local = new Date(t + offsetAt(t));
        const [year, m, date] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()];
        if (!month.values.has(m + 1)) t = Math.max(t + minuteMs, atWall(Date.UTC(year, m + 1, 1), t));
        else if (!matchesDay(local)) t = Math.max(t + minuteMs, atWall(Date.UTC(year, m, date + 1), t));
        else if (!hour.values.has(local.getUTCHours())) t += (60 - local.getUTCMinutes()) * minuteMs;
        else if (!minute.values.has(local.getUTCMinutes())) t += minuteMs;
        else return t;
      }
      return undefined;
    },
  };
}

function parseField(text: string, bounds: Bounds): Field {
  const values = new Set<number>();
  let any = false;
  for (const part of text.split(',')) {
    const [range = '', stepText, ...more] = part.split('/');
    if (more.length > 0) throw new Error(`too many slashes: ${part}`);
    const step = stepText === undefined ? 1 : numberOf(stepText, bounds);
    if (step === 0) throw new Error(`step of range should be a positive number: ${part}`);
    const isStar = range === '*' || range === '?';
    const [first = '', last, ...rest] = isStar ? [] : range.split('-');
    if (rest.length > 0) throw new Error(`too many hyphens: ${part}`);
    const from = isStar ? bounds.min : numberOf(first, bounds);
    const single = stepText === undefined ? from : bounds.max;
    const to = isStar ? bounds.max : last === undefined ? single : numberOf(last, bounds);
    check(from, to, part, bounds);
    any ||= isStar && step === 1;
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return { values, any };
}

function check(from: number, to: number, part: string, { min, max }: Bounds): void {
  if (from < min) throw new Error(`beginning of range (${from}) below minimum (${min}): ${part}`);
  if (to > max) throw new Error(`end of range (${to}) above maximum (${max}): ${part}`);
  if (from > to) throw new Error(`beginning of range (${from}) beyond end of range (${to}): ${part}`);
}

function numberOf(text: string, { words: names = [], min }: Bounds): number {
  const word = names.indexOf(text.toLowerCase());
  if (word >= 0) return word + min;
  if (!/^\d+$/.test(text)) throw new Error(`failed to parse int from ${text}`);
  return Number(text);
}

const unitsMs: Readonly<Record<string, number>> = { h: 60 * minuteMs, m: minuteMs, s: 1000, ms: 1 };

/** `@every 1h30m` */
function everySoOften(text: string): Schedule {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (text === '' || parts.map(([part]) => part).join('') !== text)
    throw new Error(`failed to parse duration @every ${text}: time: invalid duration "${text}"`);
  const total = parts.reduce((sum, [, n, unit = '']) => sum + Number(n) * (unitsMs[unit] ?? 0), 0);
  const everyMs = Math.max(1000, Math.floor(total / 1000) * 1000);
  return { next: (afterMs) => Math.floor(afterMs / 1000) * 1000 + everyMs, everyMs };
}

/** By how much the clocks of a time zone are before UTC at a time, in milliseconds. */
function offsets(timeZone: string): (atMs: number) => number {
  if (timeZone === 'UTC' || timeZone === 'Etc/UTC') return () => 0;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (atMs) => {
    const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const wall = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
    return wall - Math.floor(atMs / 1000) * 1000;
  };
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
