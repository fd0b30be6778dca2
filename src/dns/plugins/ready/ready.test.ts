import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plugin } from '../../contract.ts';
import { fakeContext, setUpFrom } from '../../testing/context.ts';
import { ready } from './index.ts';

test('the server is ready when every plugin that can tell is, and names those that are not', async () => {
  let waitsFor: string | undefined = 'the cluster';
  const plugins: Plugin[] = [{ name: 'errors' }, { name: 'kubernetes', notReady: () => waitsFor }];
  const context = fakeContext({ plugins: () => plugins });
  setUpFrom(ready, 'ready', context);
  const get = context.http.get(':8181/ready');
  assert.deepEqual(await get?.(), { code: 503, body: 'kubernetes' });
  waitsFor = undefined;
  assert.deepEqual(await get?.(), { code: 200, body: 'OK' });
  waitsFor = 'the cluster again';
  assert.deepEqual(await get?.(), { code: 200, body: 'OK' }, 'who was ready once is not asked again');
});

test('with `monitor continuously` plugins are asked each time', async () => {
  const waiting: string[] = [];
  const plugins: Plugin[] = [{ name: 'kubernetes', notReady: () => waiting[0] }];
  const context = fakeContext({ plugins: () => plugins });
  setUpFrom(ready, 'ready {\n monitor continuously\n}', context);
  const get = context.http.get(':8181/ready');
  assert.deepEqual(await get?.(), { code: 200, body: 'OK' });
  waiting.push('the cluster again');
  assert.deepEqual(await get?.(), { code: 503, body: 'kubernetes' });
});

test('what is not understood is refused', () => {
  const refusal = (lines: string, expected: RegExp) =>
    assert.throws(() => setUpFrom(ready, lines, fakeContext()), expected);
  refusal(
    'ready {\n monitor 404\n}',
    /Corefile:3: ready: monitor is one of until-ready, continuously, not "404"/,
  );
  refusal('ready {\n monitro\n}', /Corefile:3: ready: option "monitro" is not supported/);
  refusal('ready :1 b', /Corefile:2: ready: "b" is not supported/);
});
