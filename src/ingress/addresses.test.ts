import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Service } from '../api/types.ts';
import { addressesOf } from './addresses.ts';

const node = (address: string) =>
  ({ metadata: { name: address }, status: { addresses: [{ type: 'InternalIP', address }] } }) as Node;
const service = (ingress?: object[]) =>
  ({ metadata: { name: 'x' }, status: { loadBalancer: { ingress } } }) as Service;

test("an Ingress is reached at the Service's address, or at the nodes while it has none", () => {
  const nodes = [node('172.30.0.3'), node('172.30.0.2')];
  assert.deepEqual(addressesOf(service([{ ip: '172.30.15.1', ipMode: 'VIP' }]), nodes), [
    { ip: '172.30.15.1' },
  ]);
  assert.deepEqual(addressesOf(service(), nodes), [{ ip: '172.30.0.2' }, { ip: '172.30.0.3' }]);
  assert.deepEqual(addressesOf(undefined, []), []);
});
