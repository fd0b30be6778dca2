import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { FakeClock } from '../../lib/clock.ts';
import { storeContract } from '../contract.suite.ts';
import { Compacted } from '../contract.ts';
import { openSqlite } from './index.ts';

let folder = '';
let files = 0;
const newFile = () => join(folder, `${files++}.db`);
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const object = (name: string, data = {}) => ({ apiVersion: 'v1', kind: 'X', metadata: { name }, ...data });

storeContract('the SQLite store', (options) => openSqlite(newFile(), options));

describe('the SQLite store over a restart', () => {
  test('finds its objects and revision again, and watches go on where they were', async () => {
    const file = newFile();
    const first = await openSqlite(file);
    const a = await first.put('/c/a', object('a'), 0);
    const b = await first.put('/c/b', object('b'), 0);
    const a2 = await first.put('/c/a', object('a', { changed: true }), a.revision);
    const gone = await first.delete('/c/b', b.revision);
    await first.close();

    const second = await openSqlite(file);
    assert.equal(second.revision(), gone.revision);
    assert.deepEqual((await second.list('/c/')).entries, [a2]);
    const watch = second.watch('/c/', b.revision)[Symbol.asyncIterator]();
    assert.deepEqual((await watch.next()).value, [
      { type: 'put', key: '/c/a', revision: a2.revision, entry: a2, previous: a },
      { type: 'delete', key: '/c/b', revision: gone.revision, entry: gone, previous: b },
    ]);
    const next = await second.put('/c/c', object('c'), 0);
    assert.ok(next.revision > gone.revision);
    await second.close();
  });

  test('remembers what was compacted', async () => {
    const file = newFile();
    const first = await openSqlite(file);
    const a = await first.put('/c/a', object('a'), 0);
    const a2 = await first.put('/c/a', object('a', { n: 2 }), a.revision);
    const gone = await first.delete('/c/a', a2.revision);
    const b = await first.put('/c/b', object('b'), 0);
    await first.compact(gone.revision);
    await first.close();

    const second = await openSqlite(file);
    assert.throws(() => second.watch('/c/', a2.revision), Compacted);
    second.watch('/c/', gone.revision).close();
    assert.deepEqual((await second.list('/')).entries, [b]);
    await second.close();
  });

  test('has forgotten what expired meanwhile, and tells the watches so', async () => {
    const file = newFile();
    const clock = new FakeClock();
    const first = await openSqlite(file, { clock });
    await first.put('/e/a', object('a'), 0, { ttlSeconds: 10 });
    const kept = await first.put('/e/b', object('b'), 0, { ttlSeconds: 100 });
    await first.close();
    clock.advance(20_000);
    const second = await openSqlite(file, { clock });
    assert.deepEqual((await second.list('/e/')).entries, [kept]);
    const watch = second.watch('/e/', kept.revision)[Symbol.asyncIterator]();
    const changes = (await watch.next()).value;
    assert.ok(Array.isArray(changes));
    assert.deepEqual([changes[0]?.type, changes[0]?.key], ['delete', '/e/a']);
    await second.close();
  });

  test('refuses a file that another one has open', async () => {
    const file = newFile();
    const first = await openSqlite(file);
    await assert.rejects(openSqlite(file), /database is locked/);
    await first.close();
  });
});

test('after SIGKILL in the middle of writing, every acknowledged write is there', async () => {
  const file = newFile();
  const writer = `
    import { openSqlite } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
    const store = await openSqlite(${JSON.stringify(file)});
    for (let i = 0; ; i++) {
      const names = [0, 1, 2, 3].map((n) => i + '-' + n);
      const entries = await Promise.all(names.map((name) => store.put('/c/' + name, { metadata: { name } }, 0)));
      for (const entry of entries) process.stdout.write(entry.key + ' ' + entry.revision + '\\n');
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', writer], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line);
    if (acknowledged.length === 400) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  assert.equal(child.signalCode, 'SIGKILL');

  const store = await openSqlite(file);
  for (const line of acknowledged) {
    const [key = '', revision] = line.split(' ');
    if (revision === undefined || revision === '') continue;
    assert.equal((await store.get(key))?.revision, Number(revision), key);
  }
  await store.close();
});
