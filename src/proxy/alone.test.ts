import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as tick } from 'node:timers/promises';
import { notFound, StatusError } from '../api/errors.ts';
import type { Node, ServiceCIDR } from '../api/types.ts';
import type { Client } from '../client/contract.ts';
import { FakeClock } from '../lib/clock.ts';
import { ownNode, patiently, primaryAddresses, rangesOfServices } from './alone.ts';

const nodes = { group: '', plural: 'nodes' };

/** An API server that has these, or fails so. */
function api({ node, ranges }: { node?: Node | Error; ranges?: string[][] | Error }): Client {
  const answer = async (what: unknown) => {
    if (what instanceof Error) throw what;
    return what;
  };
  const items = Array.isArray(ranges)
    ? ranges.map((cidrs): ServiceCIDR => ({ metadata: { name: 'one' }, spec: { cidrs } }))
    : [];
  return {
    get: () => answer(node),
    list: () => answer(ranges instanceof Error ? ranges : { items }),
  } as unknown as Client;
}

describe('a proxy alone', () => {
  test('takes its Node as it is, or says what is missing', async () => {
    const node: Node = { metadata: { name: 'worker' }, spec: { podCIDRs: ['10.244.3.0/24'] } };
    assert.equal(await ownNode(api({ node }), 'worker', true), node);
    await assert.rejects(
      ownNode(api({ node: notFound(nodes, 'worker') }), 'worker', false),
      /the API has no Node worker: .*--hostname-override/,
    );
    const bare: Node = { metadata: { name: 'worker' } };
    await assert.rejects(
      ownNode(api({ node: bare }), 'worker', true),
      /no spec.podCIDRs yet; .*--cluster-cidr/,
    );
    assert.equal(await ownNode(api({ node: bare }), 'worker', false), bare);
    await assert.rejects(
      ownNode(api({ node: new Error('Cannot reach https://…') }), 'worker', true),
      /^Error: Cannot reach/,
    );
  });

  test('takes the ranges of ServiceCIDRs, where there are any and it may read them', async () => {
    assert.deepEqual(
      await rangesOfServices(api({ ranges: [['10.96.0.0/12', 'fd96::/112'], ['10.200.0.0/24']] })),
      ['10.96.0.0/12', 'fd96::/112', '10.200.0.0/24'],
    );
    for (const code of [404, 403]) {
      const refusal = new StatusError(code, 'Unknown', '404 page not found');
      assert.equal(await rangesOfServices(api({ ranges: refusal })), undefined);
    }
    await assert.rejects(
      rangesOfServices(api({ ranges: new StatusError(500, 'InternalError', 'oh') })),
      /oh/,
    );
  });
});

test('the primary addresses of a Node are the first of each family', () => {
  const addresses = ['172.30.0.2', '10.9.9.9', 'fd30::2'].map((address) => ({ type: 'InternalIP', address }));
  const node: Node = {
    metadata: { name: 'worker' },
    status: { addresses: [{ type: 'Hostname', address: 'worker' }, ...addresses] },
  };
  assert.deepEqual(primaryAddresses(node), ['172.30.0.2/32', 'fd30::2/128']);
  assert.deepEqual(primaryAddresses({ metadata: { name: 'worker' } }), []);
});

describe('patience', () => {
  test('asks again until there is an answer, and tells each reason once', async () => {
    const [clock, told] = [new FakeClock(), [] as string[]];
    const answers = [new Error('away'), new Error('away'), new Error('no Node'), 'here'];
    const asked = patiently(
      async () => {
        const next = answers.shift();
        if (next instanceof Error) throw next;
        return next;
      },
      { clock, signal: new AbortController().signal, tell: (reason) => told.push(reason) },
    );
    for (const delayMs of [250, 500, 1_000]) {
      await tick();
      clock.advance(delayMs);
    }
    assert.equal(await asked, 'here');
    assert.deepEqual(told, ['away', 'no Node']);
  });

  test('ends when it is asked to, also while a server keeps silent', async () => {
    const ending = new AbortController();
    const patience = { clock: new FakeClock(), signal: ending.signal, tell: () => {} };
    const silent = patiently(() => new Promise(() => {}), patience);
    const refused = patiently(() => Promise.reject(new Error('away')), patience);
    await tick();
    ending.abort();
    assert.deepEqual(await Promise.all([silent, refused]), [undefined, undefined]);
  });
});
