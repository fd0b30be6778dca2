import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { readiness } from './readiness.ts';

test('a node is ready when it has a range for pods, its routes and its rules, and says what is missing', async () => {
  const [routes, proxy] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const node: { podCIDRs?: string[] } = {};
  const notReady = readiness({ podCIDRs: () => node.podCIDRs, routes: routes.promise, proxy: proxy.promise });
  assert.match(notReady() ?? '', /no range for its pods/);
  node.podCIDRs = ['10.244.0.0/24'];
  assert.match(notReady() ?? '', /routes to the other nodes/);
  routes.resolve();
  await turn();
  assert.match(notReady() ?? '', /rules of Services/);
  proxy.resolve();
  await turn();
  assert.equal(notReady(), undefined);
});
