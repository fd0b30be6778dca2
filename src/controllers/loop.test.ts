import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pods, type Resource, services } from '../api/resource.ts';
import type { Pod } from '../api/types.ts';
import type { Client } from '../client/contract.ts';
import { sharedInformers } from '../client/shared.ts';
import { FakeClock } from '../lib/clock.ts';
import { defaults } from './config.ts';
import { run } from './loop.ts';

/** Everything a controller needs, over a client. */
function surroundings(client: Client, clock: FakeClock) {
  const { signal } = new AbortController();
  return {
    client,
    clock,
    signal,
    informers: sharedInformers(client, { clock, signal }),
    config: {
      ...defaults,
      identity: 'test',
      apiServer: { addresses: [], port: 0, serviceIPs: [] },
      caCertificate: '',
    },
  };
}

test('what is known already is told when the controller has said all that it watches', async () => {
  const pod: Pod = { metadata: { name: 'web', namespace: 'default' } };
  const client = {
    list: (resource: Resource) =>
      Promise.resolve({ items: resource.plural === 'pods' ? [pod] : [], metadata: { resourceVersion: '1' } }),
    watch: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }),
  } as unknown as Client;
  const around = surroundings(client, new FakeClock());
  await around.informers.of(pods).synced;
  const seen: string[] = [];
  const { idle } = run(
    {
      name: 'pairs',
      start(context) {
        context.watch(pods, (now) => [`${now?.metadata.name} of ${[...other.list()].length}`]);
        const other = context.watch(services, () => []);
        return async (key) => void seen.push(key);
      },
    },
    around,
  );
  await new Promise(setImmediate);
  await idle();
  assert.deepEqual(seen, ['web of 0']);
});

test('a key that comes again in years is not slept for longer than a timer can', async () => {
  const slept: number[] = [];
  class Watched extends FakeClock {
    override sleep(ms: number): Promise<void> {
      slept.push(ms);
      return new Promise(() => {});
    }
  }
  const clock = new Watched();
  const client = {} as Client;
  const yearMs = 365 * 86_400_000;
  const { idle } = run(
    {
      name: 'yearly',
      start(context) {
        queueMicrotask(() => context.add('x'));
        return async (key) => context.again(key, yearMs);
      },
    },
    surroundings(client, clock),
  );
  await new Promise(setImmediate);
  await idle();
  assert.deepEqual(slept, [2 ** 31 - 1]);
});
