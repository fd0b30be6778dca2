/** What programs built on `@kubernetes/client-node` do: lists, pages, informers, patches, exec, logs, port-forward. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import * as k8s from '@kubernetes/client-node';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { fetchFrom } from '../support/http.ts';

const namespace = 'default';

describe('@kubernetes/client-node', { timeout: 200_000 }, () => {
  let cluster: TestCluster;
  let config: k8s.KubeConfig;
  let core: k8s.CoreV1Api;

  before(async () => {
    cluster = await startCluster({ name: 'e2e-client-node' });
    config = new k8s.KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
    core = config.makeApiClient(k8s.CoreV1Api);
    const main: k8s.V1Container = {
      name: 'main',
      image: 'busybox',
      command: [
        'sh',
        '-c',
        'echo started; mkdir /www; echo hello > /www/index.html; httpd -f -p 8080 -h /www',
      ],
      readinessProbe: { httpGet: { port: 8080, path: '/' }, periodSeconds: 1 },
    };
    const spec = { terminationGracePeriodSeconds: 0, containers: [main] };
    await core.createNamespacedPod({ namespace, body: { metadata: { name: 'web' }, spec } });
    await cluster.kubectl('wait', '--for=condition=Ready', 'pod/web', '--timeout=60s');
  });
  after(() => cluster?.down());

  const map = (name: string, labels: Record<string, string> = {}): k8s.V1ConfigMap => ({
    metadata: { name, labels },
    data: { key: 'value' },
  });

  test('creates, reads, replaces and deletes', async () => {
    const made = await core.createNamespacedConfigMap({ namespace, body: map('one') });
    assert.ok(made.metadata?.creationTimestamp instanceof Date);
    const changed = { ...made, data: { key: 'other' } };
    assert.equal(
      (await core.replaceNamespacedConfigMap({ namespace, name: 'one', body: changed })).data?.['key'],
      'other',
    );
    await assert.rejects(
      core.replaceNamespacedConfigMap({ namespace, name: 'one', body: changed }),
      (err: unknown) => err instanceof k8s.ApiException && err.code === 409,
    );
    await core.deleteNamespacedConfigMap({ namespace, name: 'one' });
    await assert.rejects(
      core.readNamespacedConfigMap({ namespace, name: 'one' }),
      (err: unknown) => err instanceof k8s.ApiException && err.code === 404,
    );
  });

  test('lists page by page', async () => {
    for (let i = 0; i < 7; i++)
      await core.createNamespacedConfigMap({ namespace, body: map(`page-${i}`, { of: 'pages' }) });
    const names: string[] = [];
    for (let _continue: string | undefined; ; ) {
      const page = await core.listNamespacedConfigMap({
        namespace,
        labelSelector: 'of=pages',
        limit: 3,
        ...(_continue && { _continue }),
      });
      names.push(...page.items.map((item) => item.metadata?.name ?? ''));
      _continue = page.metadata?._continue || undefined;
      if (!_continue) break;
    }
    assert.deepEqual(
      names,
      Array.from({ length: 7 }, (_, i) => `page-${i}`),
    );
    await core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector: 'of=pages' });
    assert.equal(
      (await core.listNamespacedConfigMap({ namespace, labelSelector: 'of=pages' })).items.length,
      0,
    );
  });

  test('patches in every way', async () => {
    await core.createNamespacedConfigMap({ namespace, body: map('patched') });
    const patch = (body: unknown, strategy: k8s.PatchStrategy) =>
      core.patchNamespacedConfigMap(
        { namespace, name: 'patched', body },
        k8s.setHeaderOptions('Content-Type', strategy),
      );
    await patch([{ op: 'add', path: '/data/json', value: '1' }], k8s.PatchStrategy.JsonPatch);
    await patch({ data: { merge: '2' } }, k8s.PatchStrategy.MergePatch);
    const last = await patch({ data: { strategic: '3', key: null } }, k8s.PatchStrategy.StrategicMergePatch);
    assert.deepEqual(last.data, { json: '1', merge: '2', strategic: '3' });
  });

  test('follows objects with an informer', async () => {
    const seen: string[] = [];
    const list = () => core.listNamespacedConfigMap({ namespace, labelSelector: 'of=informer' });
    const informer = k8s.makeInformer(
      config,
      `/api/v1/namespaces/${namespace}/configmaps`,
      list,
      'of=informer',
    );
    for (const verb of ['add', 'update', 'delete'] as const)
      informer.on(verb, (object: k8s.V1ConfigMap) => void seen.push(`${verb} ${object.metadata?.name}`));
    informer.on('error', (err: unknown) => void seen.push(`error ${String(err)}`));
    await core.createNamespacedConfigMap({ namespace, body: map('before', { of: 'informer' }) });
    await informer.start();
    try {
      const made = await core.createNamespacedConfigMap({
        namespace,
        body: map('during', { of: 'informer' }),
      });
      await core.replaceNamespacedConfigMap({
        namespace,
        name: 'during',
        body: { ...made, data: { key: 'new' } },
      });
      await core.deleteNamespacedConfigMap({ namespace, name: 'during' });
      await eventually(() =>
        assert.deepEqual(seen, ['add before', 'add during', 'update during', 'delete during']),
      );
    } finally {
      await informer.stop();
    }
  });

  test('watches from where a list ended', async () => {
    const { metadata } = await core.listNamespacedConfigMap({ namespace });
    await core.createNamespacedConfigMap({ namespace, body: map('watched') });
    const seen: string[] = [];
    const watch = new k8s.Watch(config);
    const resourceVersion = metadata?.resourceVersion ?? '';
    const ended = new Promise<void>((resolve) => {
      void watch
        .watch(
          `/api/v1/namespaces/${namespace}/configmaps`,
          { resourceVersion, allowWatchBookmarks: true },
          (phase: string, object: k8s.V1ConfigMap) => void seen.push(`${phase} ${object.metadata?.name}`),
          () => resolve(),
        )
        .then(async (controller) => {
          await eventually(() => assert.deepEqual(seen, ['ADDED watched']));
          controller.abort();
        });
    });
    await ended;
  });

  test('runs commands in a container, with what they say, what they read and how they end', async () => {
    const exec = new k8s.Exec(config);
    const [out, err] = [new PassThrough(), new PassThrough()];
    const ended = new Promise<k8s.V1Status>((resolve, reject) => {
      exec
        .exec(
          namespace,
          'web',
          'main',
          ['sh', '-c', 'echo out; echo err >&2; exit 3'],
          out,
          err,
          null,
          false,
          resolve,
        )
        .then((socket) => socket.on('close', () => [out.end(), err.end()]), reject);
    });
    assert.deepEqual([await text(out), await text(err)], ['out\n', 'err\n']);
    const status = await ended;
    assert.equal(status.details?.causes?.[0]?.message, '3');
  });

  test('reads logs', async () => {
    const out = new PassThrough();
    await new k8s.Log(config).log(namespace, 'web', 'main', out, { follow: false });
    assert.equal(await text(out), 'started\n');
  });

  test('forwards ports', async () => {
    const forward = new k8s.PortForward(config);
    const server = createServer(
      (socket) => void forward.portForward(namespace, 'web', [8080], socket, null, socket),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
      const address = server.address();
      assert.ok(address && typeof address === 'object');
      assert.deepEqual(await fetchFrom(undefined, '127.0.0.1', address.port), {
        status: 200,
        body: 'hello\n',
      });
    } finally {
      server.close();
    }
  });
});
