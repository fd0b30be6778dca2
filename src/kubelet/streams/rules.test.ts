import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { Pod } from '../../api/types.ts';
import type { ContainerRecord } from '../contract.ts';
import { containerWithLog, podNamed, runningContainer } from './containers.ts';
import { statusOf, wordsOf } from './outcome.ts';
import { chooseProtocol, isBase64, listed, resizes, tellsStatus } from './protocols.ts';
import { Refusal } from './refusal.ts';
import { wantedOf } from './remote.ts';
import { routeOf } from './routes.ts';
import { TerminalSizes } from './terminal.ts';

const says = (code: number, message: string) => (err: unknown) => {
  assert.ok(err instanceof Refusal);
  assert.deepEqual([err.code, err.message], [code, message]);
  return true;
};

test('paths are those of the kubelet', () => {
  assert.deepEqual(routeOf('/pods/'), { kind: 'pods' });
  assert.deepEqual(routeOf('/metrics/resource'), { kind: 'resourceMetrics' });
  assert.deepEqual(routeOf('/exec/shop/web/a%2Fb'), {
    kind: 'exec',
    place: { namespace: 'shop', pod: 'web', container: 'a/b' },
  });
  assert.deepEqual(routeOf('/portForward/shop/web'), {
    kind: 'portForward',
    place: { namespace: 'shop', pod: 'web' },
  });
  for (const path of [
    '/',
    '',
    '/exec/shop/web',
    '/portForward/shop',
    '/exec/a/b/c/d',
    '/run/a/b/c',
    '/exec/%/b/c',
  ])
    assert.equal(routeOf(path), undefined, path);
});

describe('the container that is meant', () => {
  const record = (text: string): ContainerRecord => parse(text) as ContainerRecord;
  const first = record('{name: main, attempt: 0, state: exited, id: first}');
  const second = record('{name: main, attempt: 1, state: exited, id: second}');
  const running = record('{name: main, attempt: 2, state: running, id: running}');
  const created = record('{name: main, attempt: 3, state: created, id: created}');
  const pod = (waiting?: string): Pod => ({
    metadata: { name: 'web', namespace: 'shop' },
    spec: { containers: [{ name: 'main' }], initContainers: [{ name: 'init' }] },
    status: {
      containerStatuses: waiting ? [parse(`{name: main, state: {waiting: {reason: ${waiting}}}}`)] : [],
    },
  });
  const log = (records: ContainerRecord[], previous = false, waiting?: string, name = 'main') =>
    containerWithLog(pod(waiting), records, name, previous).id;

  test('for exec is the newest, if it runs', () => {
    assert.equal(runningContainer([first, running, second], 'main').id, 'running');
    assert.throws(() => runningContainer([first, second], 'main'), says(404, 'container not found ("main")'));
    assert.throws(
      () => runningContainer([running, created], 'main'),
      says(404, 'container not found ("main")'),
    );
  });

  test('for logs is the newest that has begun', () => {
    assert.equal(log([first, running, second]), 'running');
    assert.equal(log([first, running, created]), 'running');
    assert.equal(log([first, second], false, 'CrashLoopBackOff'), 'second');
  });

  test('for logs of the previous one is that before it', () => {
    assert.equal(log([first, second, running], true), 'second');
    assert.equal(log([first, second], true), 'first');
    assert.equal(log([first, second], true, 'CrashLoopBackOff'), 'second');
    assert.throws(
      () => log([running], true),
      says(400, 'previous terminated container "main" in pod "web" not found'),
    );
  });

  test('is told to be missing in Kubernetes’ words', () => {
    assert.throws(
      () => log([]),
      says(400, 'container "main" in pod "web" is waiting to start: ContainerCreating'),
    );
    assert.throws(
      () => log([created], false, 'ImagePullBackOff'),
      says(400, 'container "main" in pod "web" is waiting to start: trying and failing to pull image'),
    );
    assert.throws(
      () => log([], false, undefined, 'other'),
      says(404, 'container "other" not found in pod "web"'),
    );
    assert.throws(
      () => podNamed({ pods: () => [], pod: () => undefined, containers: () => [] }, 'shop', 'web'),
      says(404, 'pod "web" does not exist'),
    );
  });
});

describe('the protocol', () => {
  const supported = ['v4.channel.k8s.io', 'channel.k8s.io'];
  test('is the first of the client’s that is spoken', () => {
    const offered = listed(['v5.channel.k8s.io, channel.k8s.io', 'v4.channel.k8s.io']);
    assert.equal(chooseProtocol(offered, supported, 'x'), 'channel.k8s.io');
    assert.equal(chooseProtocol([], supported, 'x'), undefined);
  });

  test('is refused with those that are spoken', () => {
    assert.throws(
      () => chooseProtocol(['v9'], supported, 'X-Accepted'),
      (err) =>
        err instanceof Refusal && err.code === 403 && err.headers['X-Accepted'] === supported.join(', '),
    );
  });

  test('tells by its name what it can', () => {
    assert.equal(tellsStatus('v5.channel.k8s.io'), true);
    assert.equal(tellsStatus('v4.base64.channel.k8s.io'), true);
    assert.equal(tellsStatus('v3.channel.k8s.io'), false);
    assert.equal(tellsStatus(undefined), false);
    assert.equal(isBase64('base64.channel.k8s.io'), true);
    assert.equal(isBase64('v4.channel.k8s.io'), false);
    assert.equal(resizes('v2.channel.k8s.io'), false);
  });
});

test('streams are wanted by the kubelet’s own names, and a terminal has no stderr', () => {
  assert.deepEqual(wantedOf(new URLSearchParams('input=1&output=1&error=1&tty=1')), {
    stdin: true,
    stdout: true,
    stderr: false,
    tty: true,
  });
  assert.throws(
    () => wantedOf(new URLSearchParams('tty=1')),
    says(400, 'you must specify at least 1 of stdin, stdout, stderr'),
  );
});

test('how a command ended is told as a Status, or in words to old clients', () => {
  assert.equal(statusOf({ exitCode: 0 }).status, 'Success');
  const failed = statusOf({ exitCode: 7 });
  assert.equal(failed.reason, 'NonZeroExitCode');
  assert.deepEqual(failed.details?.causes, [{ reason: 'ExitCode', message: '7' }]);
  assert.equal(statusOf({ error: 'boom' }).message, 'Internal error occurred: boom');
  assert.equal(wordsOf({ exitCode: 0 }), '');
  assert.match(wordsOf({ exitCode: 7 }), /exit status 7/);
});

describe('sizes of a terminal', () => {
  test('come one after another, in any pieces', () => {
    const sizes = new TerminalSizes();
    assert.deepEqual(sizes.push('{"Width":80,"Hei'), []);
    assert.deepEqual(sizes.push('ght":24}\n{"Width":100,"Height":30}\n'), [
      { columns: 80, rows: 24 },
      { columns: 100, rows: 30 },
    ]);
  });

  test('that make no sense are left out', () => {
    const sizes = new TerminalSizes();
    assert.deepEqual(
      sizes.push('}{"Width":0,"Height":1}{"Width":70000,"Height":1}{"Width":"8","Height":1}null}'),
      [],
    );
    assert.deepEqual(sizes.push('{"Width":1,"Height":2}'), [{ columns: 1, rows: 2 }]);
    fc.assert(fc.property(fc.array(fc.string()), (pieces) => pieces.forEach((piece) => sizes.push(piece))));
  });
});
