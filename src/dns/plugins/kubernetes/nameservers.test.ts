import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { after, test } from 'node:test';
import { clusterOf } from '../../testing/cluster.ts';
import { ownAddresses } from './nameservers.ts';
import { follow } from './view.ts';

const over = new AbortController();
after(() => over.abort());

const client = clusterOf(`
{ kind: Service, metadata: { name: kube-dns }, spec: { clusterIP: 10.96.0.10, clusterIPs: [10.96.0.10] } }
---
kind: EndpointSlice
metadata: { name: kube-dns-1, labels: { kubernetes.io/service-name: kube-dns } }
addressType: IPv4
endpoints: [{ addresses: [10.244.0.2] }]
`);

const at = (address: string, internal = false) => ({ address, internal }) as NetworkInterfaceInfo;

test('a server behind a Service is reached at the Service, and else at its own addresses', async () => {
  const view = follow(client, { nowMs: () => 0, signal: over.signal });
  while (!view.hasSynced()) await new Promise(setImmediate);
  const behind = { lo: [at('127.0.0.1', true)], eth0: [at('10.244.0.2'), at('fe80::1')] };
  assert.deepEqual(ownAddresses(view, behind), ['10.96.0.10']);
  assert.deepEqual(ownAddresses(view, { eth0: [at('192.0.2.1'), at('fe80::1')] }), ['192.0.2.1']);
});
