import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import type { Kubectl } from '../../support/kubectl.ts';
import { waiting } from './app.ts';
import { placeOf, refuses } from './cluster.ts';

describe('kubectl delete', () => {
  let kubectl: Kubectl;
  before(async () => {
    ({ kubectl } = await placeOf('deleting'));
  });

  const names = (...args: string[]) => kubectl('get', ...args, '-o', 'name');

  async function deployed(name: string): Promise<void> {
    await kubectl('create', 'deployment', name, '--image=nginx', '--replicas=2');
    await kubectl('rollout', 'status', `deployment/${name}`, '--timeout=60s');
  }

  test('by name, by label, from a file, all', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await kubectl('create', 'configmap', name);
    await kubectl('label', 'configmap', 'b', 'c', 'gone=soon');
    assert.equal(await kubectl('delete', 'configmap', 'a'), 'configmap "a" deleted\n');
    assert.equal(
      await kubectl('delete', 'configmaps', '-l', 'gone=soon'),
      'configmap "b" deleted\nconfigmap "c" deleted\n',
    );
    await kubectl.input('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: d}\n', 'delete', '-f', '-');
    assert.equal(await names('configmaps'), 'configmap/kube-root-ca.crt\n');
    await refuses(kubectl.attempt('delete', 'configmap', 'a'), /\(NotFound\)/);
    assert.match(await kubectl('delete', 'configmap', 'a', '--ignore-not-found'), /^$/);
    assert.match(
      await kubectl('delete', 'serviceaccount', 'default', '--dry-run=server'),
      /deleted \(server dry run\)/,
    );
    assert.equal(await names('serviceaccount', 'default'), 'serviceaccount/default\n');
  });

  test('waits until the pod is gone, within its grace period', async () => {
    await kubectl.input(waiting('graceful'), 'apply', '-f', '-');
    await kubectl('wait', '--for=condition=Ready', 'pod/graceful', '--timeout=60s');
    const startMs = performance.now();
    await kubectl('delete', 'pod', 'graceful');
    assert.equal(await names('pods'), '');
    assert.ok(performance.now() - startMs > 900, 'its process does not hear the signal, and had a second');
  });

  test('does not wait when told so, nor with force', async () => {
    await kubectl('run', 'slow', '--image=busybox', '--', 'sleep', 'infinity');
    await kubectl('wait', '--for=condition=Ready', 'pod/slow', '--timeout=60s');
    assert.equal(await kubectl('delete', 'pod', 'slow', '--wait=false'), 'pod "slow" deleted\n');
    assert.match(await kubectl('get', 'pod', 'slow'), /Terminating/);
    const forced = await kubectl.attempt('delete', 'pod', 'slow', '--grace-period=0', '--force');
    assert.match(forced.stdout, /pod "slow" force deleted/);
    assert.match(forced.stderr, /Immediate deletion does not wait for confirmation/);
    assert.equal(await names('pods'), '');
  });

  test('in the background dependents follow their owner', async () => {
    await deployed('background');
    await kubectl('delete', 'deployment', 'background');
    await eventually(async () => assert.equal(await names('rs,pods', '-l', 'app=background'), ''));
  });

  test('in the foreground they go before it', async () => {
    await deployed('foreground');
    await kubectl('delete', 'deployment', 'foreground', '--cascade=foreground');
    assert.equal(await names('rs,pods', '-l', 'app=foreground'), '');
  });

  test('as orphans they stay, and are taken up again', async () => {
    await deployed('orphans');
    const pods = await names('pods', '-l', 'app=orphans');
    await kubectl('delete', 'deployment', 'orphans', '--cascade=orphan');
    const owner = 'jsonpath={.items[0].metadata.ownerReferences}';
    assert.equal(await kubectl('get', 'rs', '-l', 'app=orphans', '-o', owner), '');
    await deployed('orphans');
    assert.equal(await names('pods', '-l', 'app=orphans'), pods);
    await kubectl('delete', 'deployment', 'orphans');
  });

  test('waits for finalizers', async () => {
    await kubectl('create', 'configmap', 'held');
    await kubectl('patch', 'cm', 'held', '-p', '{"metadata":{"finalizers":["example.org/hold"]}}');
    await refuses(
      kubectl.attempt('delete', 'cm', 'held', '--timeout=300ms'),
      /timed out waiting for the condition/,
    );
    assert.match(await kubectl('get', 'cm', 'held', '-o', 'jsonpath={.metadata.deletionTimestamp}'), /^20/);
    await refuses(
      kubectl.attempt(
        'patch',
        'cm',
        'held',
        '-p',
        '{"metadata":{"finalizers":["example.org/more","example.org/hold"]}}',
      ),
      /no new finalizers can be added if the object is being deleted/,
    );
    const waited = kubectl('wait', '--for=delete', 'cm/held', '--timeout=60s');
    await kubectl('patch', 'cm', 'held', '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
    await waited;
    assert.equal(await names('cm', 'held', '--ignore-not-found'), '');
  });

  test('a namespace goes with everything in it', async () => {
    await kubectl('create', 'namespace', 'doomed');
    await kubectl('-n', 'doomed', 'create', 'deployment', 'web', '--image=nginx');
    await kubectl('-n', 'doomed', 'rollout', 'status', 'deployment/web', '--timeout=60s');
    await kubectl('delete', 'namespace', 'doomed', '--timeout=60s');
    assert.equal(await names('all', '-n', 'doomed'), '');
    await refuses(
      kubectl.attempt('-n', 'doomed', 'create', 'configmap', 'late'),
      /namespaces "doomed" not found/,
    );
  });
});
