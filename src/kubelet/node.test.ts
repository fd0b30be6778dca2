import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { notFound } from '../api/errors.ts';
import type { Resource } from '../api/resource.ts';
import type { Node } from '../api/types.ts';
import type { Client } from '../client/contract.ts';
import { FakeClock } from '../lib/clock.ts';
import { keepNode, type NodeFacts, nodeLabels, nodeStatus } from './node.ts';

const facts: NodeFacts = {
  name: 'node1',
  addresses: ['172.30.0.2', 'fd30::2'],
  labels: { 'node-role.kubernetes.io/control-plane': '' },
  capacity: { cpu: '2', memory: '1Gi', pods: '110' },
  architecture: 'amd64',
  kernelVersion: '6.1',
  osImage: 'Debian',
  machineID: 'm',
  bootID: 'b',
  runtimeVersion: '1.8.1',
  kubeletVersion: 'v1.36.0+switchboard',
  kubeletPort: 10250,
};

test('a node carries the labels that everyone selects by', () => {
  assert.deepEqual(nodeLabels(facts), {
    'kubernetes.io/hostname': 'node1',
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'beta.kubernetes.io/arch': 'amd64',
    'node-role.kubernetes.io/control-plane': '',
  });
});

describe('the status of a node', () => {
  const ready = (status: Node['status']) => status?.conditions?.find((c) => c.type === 'Ready');
  test('is Ready unless there is a reason', () => {
    assert.equal(ready(nodeStatus(facts, undefined, 0, undefined))?.status, 'True');
    const not = ready(nodeStatus(facts, 'the network is not up', 0, undefined));
    assert.deepEqual([not?.status, not?.message], ['False', 'the network is not up']);
  });
  test('a condition keeps its time while it stays', () => {
    const before = nodeStatus(facts, undefined, 0, undefined);
    assert.equal(
      ready(nodeStatus(facts, undefined, 60_000, before))?.lastTransitionTime,
      '1970-01-01T00:00:00Z',
    );
    assert.equal(
      ready(nodeStatus(facts, undefined, 60_000, before))?.lastHeartbeatTime,
      '1970-01-01T00:01:00Z',
    );
    assert.equal(ready(nodeStatus(facts, 'no', 60_000, before))?.lastTransitionTime, '1970-01-01T00:01:00Z');
  });
  test('tells where to find it', () =>
    assert.deepEqual(nodeStatus(facts, undefined, 0, undefined).addresses, [
      { type: 'InternalIP', address: '172.30.0.2' },
      { type: 'InternalIP', address: 'fd30::2' },
      { type: 'Hostname', address: 'node1' },
    ]));
});

/** An API that knows what was created, and writes down what it was asked. */
function server() {
  const objects = new Set<string>();
  const asked: string[] = [];
  const keyOf = (r: Resource, name: string) => `${r.kind} ${name}`;
  const client = {
    get: async (r: Resource, name: string) => {
      if (!objects.has(keyOf(r, name))) throw notFound(r, name);
      return { metadata: { name, labels: nodeLabels(facts) } };
    },
    create: async (r: Resource, object: { metadata: { name: string } }) => {
      asked.push(`create ${keyOf(r, object.metadata.name)}`);
      objects.add(keyOf(r, object.metadata.name));
      return object;
    },
    patch: async (r: Resource, { name }: { name: string }, patch: { status?: Node['status'] }) => {
      if (!objects.has(keyOf(r, name))) throw notFound(r, name);
      const ready = patch.status?.conditions?.find((c) => c.type === 'Ready')?.status;
      asked.push(`patch ${keyOf(r, name)}${ready ? ` Ready=${ready}` : ''}`);
      return { metadata: { name }, status: patch.status };
    },
  } as unknown as Client;
  return { client, objects, asked };
}

test('a node registers, renews its Lease every 10 s and tells its status when it changes', async () => {
  const { client, objects, asked } = server();
  const clock = new FakeClock();
  const stop = new AbortController();
  let why: string | undefined = 'the network is not up';
  const pass = async (seconds: number) => {
    for (let i = 0; i < seconds * 20; i++) {
      for (let j = 0; j < 3; j++) await turn();
      clock.advance(50);
    }
    for (let j = 0; j < 3; j++) await turn();
  };
  await keepNode({ client, facts, notReady: () => why, clock, signal: stop.signal });
  await pass(1);
  assert.deepEqual(asked.splice(0), [
    'create Node node1',
    'patch Node node1 Ready=False',
    'create Lease node1',
  ]);
  why = undefined;
  await pass(1);
  assert.deepEqual(asked.splice(0), ['patch Node node1 Ready=True']);
  await pass(20);
  assert.deepEqual(asked.splice(0), ['patch Lease node1', 'patch Lease node1']);
  objects.delete('Node node1');
  await pass(300);
  assert.ok(asked.includes('create Node node1'), 'a node that was deleted registers again');
  stop.abort();
});
