/** What only shows with a log that is slow, or fails. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../lib/clock.ts';
import { Mismatch } from './contract.ts';
import { Engine } from './engine.ts';
import type { LogRecord, Persister } from './persister.ts';

/** A log whose commits the test decides about. */
class HeldLog implements Persister {
  readonly batches: string[][] = [];
  readonly compactions: number[] = [];
  #waiting: { resolve: () => void; reject: (err: Error) => void } | undefined;

  append(records: readonly LogRecord[]): Promise<void> {
    this.batches.push(records.map((record) => record.key));
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
  }
  compact(revision: number): Promise<void> {
    this.compactions.push(revision);
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
  async commit(): Promise<void> {
    this.#waiting?.resolve();
    await settle();
  }
  async fail(): Promise<void> {
    this.#waiting?.reject(new Error('disk full'));
    await settle();
  }
}

const settle = () => new Promise(setImmediate);
const object = (name: string) => ({ metadata: { name } });

test('a write is not visible before it is durable', async () => {
  const log = new HeldLog();
  const engine = new Engine(log, undefined, { clock: new FakeClock() });
  const watch = engine.watch('/', engine.revision())[Symbol.asyncIterator]();
  const told = watch.next();
  const before = engine.revision();
  const written = engine.put('/a', object('a'), 0);
  await settle();
  assert.equal(await engine.get('/a'), undefined);
  assert.deepEqual((await engine.list('/')).entries, []);
  assert.equal(engine.revision(), before);
  await log.commit();
  const entry = await written;
  assert.equal(await engine.get('/a'), entry);
  assert.equal((await told).done, false);
});

test('what comes while a commit is on its way is committed together', async () => {
  const log = new HeldLog();
  const engine = new Engine(log, undefined, { clock: new FakeClock() });
  const writes = [engine.put('/a', object('a'), 0)];
  await settle();
  writes.push(engine.put('/b', object('b'), 0), engine.put('/c', object('c'), 0));
  await log.commit();
  await log.commit();
  await Promise.all(writes);
  assert.deepEqual(log.batches, [['/a'], ['/b', '/c']]);
});

test('a write is compared with the one in flight, and hears of a mismatch when that one is visible', async () => {
  const log = new HeldLog();
  const engine = new Engine(log, undefined, { clock: new FakeClock() });
  const first = engine.put('/a', object('a'), 0);
  await settle();
  const heard: Mismatch[] = [];
  const second = engine.put('/a', object('a'), 0).catch((err: Mismatch) => heard.push(err));
  await settle();
  assert.equal(heard.length, 0);
  await log.commit();
  await second;
  assert.ok(heard[0] instanceof Mismatch);
  assert.equal(heard[0].actual, await first);
});

test('when a commit fails, its writes and those that were compared with them are refused, and later ones go on', async () => {
  const log = new HeldLog();
  const engine = new Engine(log, undefined, { clock: new FakeClock() });
  const first = assert.rejects(engine.put('/a', object('a'), 0), /Cannot write \/a: disk full/);
  await settle();
  const second = assert.rejects(engine.put('/b', object('b'), 0), /disk full/);
  await log.fail();
  await Promise.all([first, second]);
  assert.equal(await engine.get('/a'), undefined);
  const third = engine.put('/a', object('a'), 0);
  await settle();
  await log.commit();
  assert.equal((await third).object.metadata.name, 'a');
});

test('the log is cleaned once enough revisions have left the history', async () => {
  const log = new HeldLog();
  const engine = new Engine(log, undefined, { history: { changes: 10, characters: 1e6 } });
  const writes = Array.from({ length: 1100 }, (_, i) => engine.put(`/${i}`, object(`${i}`), 0));
  await settle();
  await log.commit();
  const entries = await Promise.all(writes);
  assert.deepEqual(log.compactions, [entries.at(-11)?.revision]);
});
