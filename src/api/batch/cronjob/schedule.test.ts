import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isTimeZone, parseSchedule } from './schedule.ts';

/** The next times after this one, as `2026-01-01T00:00Z`. */
function next(schedule: string, after: string, count = 1, timeZone?: string): string {
  const parsed = parseSchedule(schedule, timeZone);
  const times: string[] = [];
  let t: number | undefined = Date.parse(after);
  for (let i = 0; i < count && t !== undefined; i++) {
    t = parsed.next(t);
    times.push(t === undefined ? 'never' : new Date(t).toISOString().replace(':00.000Z', 'Z'));
  }
  return times.join(' ');
}

describe('a schedule', () => {
  // 2026-01-01 is a Thursday.
  const table: [string, string][] = [
    ['* * * * *', '2026-01-01T00:01Z'],
    ['*/15 * * * *', '2026-01-01T00:15Z'],
    ['5/20 * * * *', '2026-01-01T00:05Z'],
    ['0 9-17/4 * * *', '2026-01-01T09:00Z'],
    ['30 2,4 * * *', '2026-01-01T02:30Z'],
    ['0 0 1 FEB *', '2026-02-01T00:00Z'],
    ['0 12 ? * Mon-Fri', '2026-01-01T12:00Z'],
    ['0 0 * * sun', '2026-01-04T00:00Z'],
    ['0 0 13 * 5', '2026-01-02T00:00Z'],
    ['0 0 */2 * 5', '2026-01-02T00:00Z'],
    ['0 0 29 2 *', '2028-02-29T00:00Z'],
    ['0 0 30 2 *', 'never'],
    ['@hourly', '2026-01-01T01:00Z'],
    ['@daily', '2026-01-02T00:00Z'],
    ['@weekly', '2026-01-04T00:00Z'],
    ['@monthly', '2026-02-01T00:00Z'],
    ['@yearly', '2027-01-01T00:00Z'],
    ['@every 1h30m', '2026-01-01T01:30Z'],
  ];
  for (const [schedule, time] of table)
    test(`${schedule} is next at ${time}`, () => assert.equal(next(schedule, '2026-01-01T00:00:00Z'), time));

  test('is read by the clock of its time zone', () => {
    const winter = next('0 9 * * *', '2026-01-01T00:00:00Z', 1, 'Europe/Berlin');
    const summer = next('0 9 * * *', '2026-07-01T00:00:00Z', 1, 'Europe/Berlin');
    assert.deepEqual([winter, summer], ['2026-01-01T08:00Z', '2026-07-01T07:00Z']);
    assert.equal(next('0 0 1 * *', '2026-01-01T00:00:00Z', 1, 'America/New_York'), '2026-01-01T05:00Z');
  });

  test('passes over an hour that a clock leaves out, and goes on after it', () => {
    // In Berlin 2026-03-29 has no 02:30.
    assert.equal(
      next('30 2 * * *', '2026-03-28T12:00:00Z', 2, 'Europe/Berlin'),
      '2026-03-30T00:30Z 2026-03-31T00:30Z',
    );
  });

  const wrong: [string, RegExp][] = [
    ['', /expected exactly 5 fields, found 0/],
    ['* * * *', /expected exactly 5 fields, found 4/],
    ['60 * * * *', /end of range \(60\) above maximum \(59\)/],
    ['* * 0 * *', /beginning of range \(0\) below minimum \(1\)/],
    ['* * * * 7', /above maximum \(6\)/],
    ['5-1 * * * *', /beginning of range \(5\) beyond end of range \(1\)/],
    ['*/0 * * * *', /step of range should be a positive number/],
    ['x * * * *', /failed to parse int from x/],
    ['@often', /unrecognized descriptor: @often/],
    ['@every soon', /invalid duration/],
  ];
  for (const [schedule, why] of wrong)
    test(`"${schedule}" is refused`, () => assert.throws(() => parseSchedule(schedule), why));

  test('knows the time zones of the IANA database', () => {
    assert.deepEqual(['Etc/UTC', 'Asia/Tokyo', 'Mars/Olympus'].map(isTimeZone), [true, true, false]);
  });
});
