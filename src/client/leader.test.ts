import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { alreadyExists, modified, notFound } from '../api/errors.ts';
import { leases } from '../api/resource.ts';
import type { Lease } from '../api/types.ts';
import { FakeClock } from '../lib/clock.ts';
import type { Client } from './contract.ts';
import { lead } from './leader.ts';

/** The one Lease, with what a server does to keep two writers apart. */
function server() {
  let lease: Lease | undefined;
  let version = 0;
  let isReachable = true;
  const put = (next: Lease) => {
    lease = { ...next, metadata: { ...next.metadata, resourceVersion: String(++version) } };
    return Promise.resolve(lease);
  };
  const client = {
    get: () => {
      if (!isReachable) return Promise.reject(new Error('connection refused'));
      return lease ? Promise.resolve(lease) : Promise.reject(notFound(leases, 'job'));
    },
    create: (_: unknown, object: Lease) =>
      lease ? Promise.reject(alreadyExists(leases, 'job')) : put(object),
    update: (_: unknown, object: Lease) =>
      object.metadata.resourceVersion === lease?.metadata.resourceVersion
        ? put(object)
        : Promise.reject(modified(leases, 'job')),
  } as unknown as Client;
  return { client, holder: () => lease?.spec?.holderIdentity, cut: () => (isReachable = false) };
}

function candidate(client: Client, identity: string, clock: FakeClock) {
  const abort = new AbortController();
  const state = { leads: false, stop: () => abort.abort(), ended: Promise.resolve() };
  state.ended = lead({ client, name: 'job', identity, clock, signal: abort.signal }, (term) => {
    state.leads = true;
    term.addEventListener('abort', () => (state.leads = false));
  });
  return state;
}

async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let at = 0; at < ms; at += 500) {
    for (let i = 0; i < 5; i++) await turn();
    clock.advance(500);
  }
  for (let i = 0; i < 5; i++) await turn();
}

describe('an election', () => {
  test('has one leader, and the next when it gives the Lease back', async () => {
    const { client, holder } = server();
    const clock = new FakeClock();
    const a = candidate(client, 'a', clock);
    await pass(clock, 500);
    const b = candidate(client, 'b', clock);
    await pass(clock, 60_000);
    assert.deepEqual([a.leads, b.leads, holder()], [true, false, 'a']);
    a.stop();
    await a.ended;
    assert.equal(holder(), '');
    await pass(clock, 3_000);
    assert.deepEqual([a.leads, b.leads, holder()], [false, true, 'b']);
    b.stop();
  });

  test('is over at once for the identity that held the Lease before', async () => {
    const { client } = server();
    const clock = new FakeClock();
    candidate(client, 'a', clock);
    await pass(clock, 500);
    const again = candidate(client, 'a', clock);
    for (let i = 0; i < 5; i++) await turn();
    assert.equal(again.leads, true);
  });

  test('waits until the Lease of one that is silent has run out', async () => {
    const { client } = server();
    const clock = new FakeClock();
    await client.create(leases, {
      metadata: { name: 'job', namespace: 'kube-system' },
      spec: { holderIdentity: 'gone', leaseDurationSeconds: 15 },
    });
    const b = candidate(client, 'b', clock);
    await pass(clock, 14_000);
    assert.equal(b.leads, false);
    await pass(clock, 6_000);
    assert.equal(b.leads, true);
    b.stop();
  });

  test('ends the term of a leader that cannot renew', async () => {
    const { client, cut } = server();
    const clock = new FakeClock();
    const a = candidate(client, 'a', clock);
    await pass(clock, 500);
    cut();
    await pass(clock, 6_000);
    assert.equal(a.leads, true);
    await pass(clock, 10_000);
    assert.equal(a.leads, false);
    a.stop();
  });
});
