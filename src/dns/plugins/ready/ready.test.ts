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
});
