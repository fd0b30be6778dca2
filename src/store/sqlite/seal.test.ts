import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { storeContract } from '../contract.suite.ts';
import { openSqlite } from './index.ts';
import { type Encryption, type SealKey, sealOf } from './seal.ts';

const keyNamed = (name: string): SealKey => ({ name, secret: randomBytes(32).toString('base64') });
const with_ = (...keys: [SealKey, ...SealKey[]]): Encryption => ({ keys, prefixes: ['/secrets/'] });

let folder = '';
let files = 0;
const newFile = () => join(folder, `${files++}.db`);
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seal-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const secretWord = 'correct-horse-battery-staple';
const object = (name: string) => ({ apiVersion: 'v1', kind: 'X', metadata: { name }, data: secretWord });

/** The bytes of the database and of all that lies beside it. */
async function bytesOf(file: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => join(folder, name).startsWith(file));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')));
  return texts.join('');
}

storeContract('the SQLite store with encryption', (options) =>
  openSqlite(newFile(), { ...options, encryption: { keys: [keyNamed('a')], prefixes: ['/'] } }),
);

describe('a sealed value', () => {
  const seal = sealOf(with_(keyNamed('a')));

  test('opens to what it was, and never looks the same twice', () => {
    const [one, two] = [seal.close('/secrets/a', 'täxt'), seal.close('/secrets/a', 'täxt')];
    assert.notEqual(one, two);
    assert.match(one, /^k8s:enc:aesgcm:v1:a:/);
    assert.equal(seal.open('/secrets/a', one), 'täxt');
  });

  test('is of no use in the place of another, nor when a byte of it was changed', () => {
    const stored = seal.close('/secrets/a', 'text');
    assert.throws(() => seal.open('/secrets/b', stored), /Cannot read \/secrets\/b: its value was changed/);
    const [head, body = ''] = stored.split(/(?<=:a:)/);
    const bytes = Buffer.from(body, 'base64');
    bytes[14] = (bytes[14] ?? 0) ^ 1;
    assert.throws(
      () => seal.open('/secrets/a', `${head}${bytes.toString('base64')}`),
      /its value was changed/,
    );
  });

  test('is read only by who has its key', () => {
    const stored = seal.close('/secrets/a', 'text');
    assert.throws(
      () => sealOf(with_(keyNamed('b'))).open('/secrets/a', stored),
      /the key a, which the store was not given/,
    );
    assert.throws(() => sealOf(undefined).open('/secrets/a', stored), /was not given/);
    assert.throws(
      () => sealOf(with_(keyNamed('a'))).open('/secrets/a', stored),
      /its key is not the one named a/,
    );
    assert.throws(() => sealOf(with_({ name: 'a', secret: 'short' })), /32 are needed/);
  });

  test('is only what was asked for', () => {
    assert.equal(seal.close('/configmaps/a', 'text'), 'text');
  });
});

describe('the database', () => {
  test('has no byte of a secret in it, and gives it back when it is opened again', async () => {
    const file = newFile();
    const encryption = with_(keyNamed('a'));
    const first = await openSqlite(file, { encryption });
    const secret = await first.put('/secrets/default/a', object('a'), 0);
    await first.put('/secrets/default/b', object('b'), 0);
    assert.ok(!(await bytesOf(file)).includes(secretWord), 'while it is open');
    await first.close();
    assert.ok(!(await bytesOf(file)).includes(secretWord), 'when it is closed');

    const second = await openSqlite(file, { encryption });
    assert.deepEqual(await second.get('/secrets/default/a'), secret);
    await second.close();
  });

  test('has what is not secret as it is', async () => {
    const file = newFile();
    const store = await openSqlite(file, { encryption: with_(keyNamed('a')) });
    await store.put('/configmaps/default/a', object('a'), 0);
    await store.close();
    assert.ok((await bytesOf(file)).includes(secretWord));
  });

  test('loses what was written in clear before, the newest and what it replaced', async () => {
    const file = newFile();
    const clear = await openSqlite(file);
    const a = await clear.put('/secrets/default/a', object('a'), 0);
    const b = await clear.put('/secrets/default/a', object('a'), a.revision);
    await clear.close();
    assert.ok((await bytesOf(file)).includes(secretWord));

    const sealed = await openSqlite(file, { encryption: with_(keyNamed('a')) });
    assert.deepEqual(await sealed.get('/secrets/default/a'), b);
    assert.ok(!(await bytesOf(file)).includes(secretWord), 'as soon as it is opened');
    await sealed.close();
  });

  test('goes over to a key that was put before the others, and then needs no other', async () => {
    const file = newFile();
    const [older, newer] = [keyNamed('older'), keyNamed('newer')];
    const first = await openSqlite(file, { encryption: with_(older) });
    const a = await first.put('/secrets/default/a', object('a'), 0);
    await first.close();
    const second = await openSqlite(file, { encryption: with_(newer, older) });
    await second.close();
    const third = await openSqlite(file, { encryption: with_(newer) });
    assert.deepEqual(await third.get('/secrets/default/a'), a);
    await third.close();
    await assert.rejects(openSqlite(file, { encryption: with_(older) }), /the key newer/);
  });
});
