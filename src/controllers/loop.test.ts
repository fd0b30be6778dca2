import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../client/contract.ts';
import { sharedInformers } from '../client/shared.ts';
import { FakeClock } from '../lib/clock.ts';
import { defaults } from './config.ts';
import { run } from './loop.ts';

test('a key that comes again in years is not slept for longer than a timer can', async () => {
  const slept: number[] = [];
  class Watched extends FakeClock {
    override sleep(ms: number): Promise<void> {
      slept.push(ms);
      return new Promise(() => {});
    }
  }
  const clock = new Watched();
  const { signal } = new AbortController();
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
    {
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
    },
  );
  await new Promise(setImmediate);
  await idle();
  assert.deepEqual(slept, [2 ** 31 - 1]);
});
