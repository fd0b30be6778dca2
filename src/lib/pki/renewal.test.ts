import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { FakeClock } from '../clock.ts';
import { createAuthority, issueClientCertificate, type KeyPair } from './certificate.ts';
import { renewed, youngOr } from './renewal.ts';

const dayMs = 24 * 3600_000;

describe('a certificate that is renewed', () => {
  const clock = new FakeClock(Math.floor(Date.now() / 1000) * 1000);
  let authority: KeyPair;
  before(async () => {
    authority = await createAuthority({ commonName: 'ca', nowMs: clock.now() });
  });
  const issue = () =>
    issueClientCertificate(authority, { commonName: 'jane', nowMs: clock.now(), validForMs: 90 * dayMs });

  /** Goes on day by day, as a timer of a long time does. */
  const days = async (n: number) => {
    for (let i = 0; i < n; i++) {
      clock.advance(dayMs);
      await turn();
    }
  };

  test('stays until two thirds of its life are over, and then is another one, again and again', async () => {
    const stop = new AbortController();
    const first = await issue();
    // Made when they are needed, but before: nothing here waits for anything but the clock.
    const nowMs = clock.now();
    const later = (atMs: number) =>
      issueClientCertificate(authority, { commonName: 'jane', nowMs: atMs, validForMs: 90 * dayMs });
    const next = [await later(nowMs + 60 * dayMs), await later(nowMs + 121 * dayMs)];
    const [second, third] = next;
    const { current } = renewed({
      name: 'test',
      pair: first,
      renew: async () => next.shift() ?? first,
      clock,
      signal: stop.signal,
    });
    await days(59);
    assert.equal(current(), first);
    await days(1);
    assert.equal(current(), second);
    await days(59);
    assert.equal(current(), second);
    await days(2);
    assert.equal(current(), third);
    stop.abort();
  });

  test('is tried again when it could not be renewed, and stays in use', async () => {
    const stop = new AbortController();
    const first = await issue();
    const second = await issueClientCertificate(authority, {
      commonName: 'jane',
      nowMs: clock.now() + 60 * dayMs,
      validForMs: 90 * dayMs,
    });
    let attempts = 0;
    const told: KeyPair[] = [];
    const { current } = renewed({
      name: 'test',
      pair: first,
      renew: () => (++attempts < 3 ? Promise.reject(new Error('no answer')) : Promise.resolve(second)),
      use: (pair) => told.push(pair),
      clock,
      signal: stop.signal,
    });
    await days(60);
    assert.equal(attempts, 1);
    assert.equal(current(), first);
    for (let i = 0; i < 2; i++) {
      clock.advance(60_000);
      await turn();
    }
    assert.equal(current(), second);
    assert.deepEqual(told, [second]);
    stop.abort();
  });

  test('is kept at a start while it is young', async () => {
    const known = await issue();
    const fresh = () => Promise.resolve({ certificate: 'new', privateKey: '' });
    assert.equal(await youngOr(known, clock.now() + 59 * dayMs, fresh), known);
    assert.equal((await youngOr(known, clock.now() + 61 * dayMs, fresh)).certificate, 'new');
    assert.equal((await youngOr(undefined, clock.now(), fresh)).certificate, 'new');
  });
});
