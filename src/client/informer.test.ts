import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { expired } from '../api/errors.ts';
import { services } from '../api/resource.ts';
import type { Service, WatchEvent } from '../api/types.ts';
import { FakeClock } from '../lib/clock.ts';
import type { Client, WatchQuery } from './contract.ts';
import { informer } from './informer.ts';

const service = (name: string, version: string, selector = 'a'): Service => ({
  metadata: { name, namespace: 'default', resourceVersion: version },
  spec: { selector: { app: selector } },
});

/** A server whose lists and watches are written down beforehand. */
function scripted(lists: Service[][], watches: (WatchEvent<Service>[] | Error)[]) {
  const asked: string[] = [];
  const client = {
    list: () => {
      const items = lists.shift() ?? [];
      asked.push('list');
      return Promise.resolve({
        apiVersion: 'v1',
        kind: 'ServiceList',
        metadata: { resourceVersion: '10' },
        items,
      });
    },
    async *watch(_resource: unknown, { resourceVersion, signal }: WatchQuery) {
      asked.push(`watch ${resourceVersion}`);
      const events = watches.shift();
      if (events instanceof Error) throw events;
      if (events) yield* events;
      else await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  };
  return { client: client as unknown as Client, asked };
}

async function settle(clock: FakeClock) {
  for (let i = 0; i < 20; i++) {
    await turn();
    clock.advance(2_000);
  }
}

describe('an informer', () => {
  test('knows what was listed and follows what is watched', async () => {
    const { client } = scripted(
      [[service('web', '1'), service('db', '2')]],
      [
        [
          { type: 'MODIFIED', object: service('web', '11', 'b') },
          { type: 'DELETED', object: service('db', '12') },
        ],
      ],
    );
    const stop = new AbortController();
    const known = informer(client, services, {
      signal: stop.signal,
      clock: new FakeClock(),
      indexes: { app: (s) => [s.spec?.selector?.['app'] ?? ''] },
    });
    const told: string[] = [];
    known.onChange((now, before) =>
      told.push(`${before?.metadata.resourceVersion ?? '-'}→${now?.metadata.resourceVersion ?? '-'}`),
    );
    await known.synced;
    await turn();
    assert.deepEqual(told, ['-→1', '-→2', '1→11', '2→-']);
    assert.equal(known.get('default/web')?.metadata.resourceVersion, '11');
    assert.deepEqual(known.by('app', 'a'), []);
    assert.equal(known.by('app', 'b').length, 1);
    stop.abort();
  });

  test('goes on from the last version it saw when the watch is cut', async () => {
    const { client, asked } = scripted(
      [[]],
      [[{ type: 'ADDED', object: service('web', '15') }], new Error('cut')],
    );
    const stop = new AbortController();
    const clock = new FakeClock();
    informer(client, services, { signal: stop.signal, clock });
    await settle(clock);
    assert.deepEqual(asked, ['list', 'watch 10', 'watch 15', 'watch 15']);
    stop.abort();
  });

  test('lists again when its version is too old, and tells what went meanwhile', async () => {
    const { client, asked } = scripted(
      [[service('web', '1'), service('db', '2')], [service('web', '1')]],
      [expired('too old')],
    );
    const stop = new AbortController();
    const clock = new FakeClock();
    const known = informer(client, services, { signal: stop.signal, clock });
    const gone: string[] = [];
    known.onChange((now, before) => {
      if (!now && before) gone.push(before.metadata.name);
    });
    await settle(clock);
    assert.deepEqual(asked, ['list', 'watch 10', 'list', 'watch 10']);
    assert.deepEqual(gone, ['db']);
    stop.abort();
  });
});
