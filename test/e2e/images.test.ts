/** Images that cannot be had, and those that come from a file: what a pod and its events say. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Event, List, Pod } from '../../src/api/types.ts';
import { imagesDir } from '../../src/cluster/paths.ts';
import { layoutTag } from '../../src/kubelet/images/layout.ts';
import { imageStore } from '../../src/kubelet/images/store.ts';
import { run } from '../../src/lib/exec.ts';
import { startCluster, switchboard, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { apply, podBecomes, podOf } from '../support/pods.ts';

const directory = mkdtempSync(join(tmpdir(), 'switchboard-e2e-'));
const loaded = 'e2e.test/from/file:v1';
const saved = 'e2e.test/from/docker:v1';
let cluster: TestCluster;
let registry: Server;
let registryHost = '';

before(async () => {
  // Speaks the registry's protocol, and has nothing.
  registry = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/v2/') return response.end('{}');
    response.statusCode = 404;
    return response.end(
      JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] }),
    );
  }).listen(0, '127.0.0.1');
  await once(registry, 'listening');
  registryHost = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
  cluster = await startCluster({ name: 'e2e-images' });
});
after(async () => {
  await cluster?.down();
  registry.close();
  for (const reference of [loaded, saved]) await switchboard('image', 'rm', reference);
  rmSync(directory, { recursive: true });
});

const waitingFor = (pod: Pod): string => pod.status?.containerStatuses?.[0]?.state?.waiting?.reason ?? '';
const reasonOf = (pod: Pod): string => pod.status?.containerStatuses?.[0]?.state?.waiting?.message ?? '';

async function eventsOf(pod: string): Promise<string[]> {
  const { items } = await cluster.kubectl.json<List<Event>>(
    ...['get', 'events', '--field-selector', `involvedObject.name=${pod}`],
  );
  return items.map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
}

const hasEvents = (pod: string, ...wanted: RegExp[]) =>
  eventually(async () => {
    const events = await eventsOf(pod);
    for (const event of wanted)
      assert.ok(
        events.some((seen) => event.test(seen)),
        `${event} is not among\n${events.join('\n')}`,
      );
  });

const start = (name: string, image: string, imagePullPolicy?: 'Always' | 'Never' | 'IfNotPresent') =>
  apply(
    cluster.kubectl,
    podOf({ name, image, script: 'sleep 100000', container: imagePullPolicy ? { imagePullPolicy } : {} }),
  );

test('an image that its registry does not have: ErrImagePull, then ImagePullBackOff, with the reason', async () => {
  const image = `${registryHost}/team/nothing:v1`;
  await start('missing', image);
  const first = await podBecomes(cluster.kubectl, 'missing', (pod) => waitingFor(pod) === 'ErrImagePull');
  assert.match(reasonOf(first), /manifest unknown/);
  assert.equal(first.status?.phase, 'Pending');
  const then = await podBecomes(cluster.kubectl, 'missing', (pod) => waitingFor(pod) === 'ImagePullBackOff');
  assert.equal(reasonOf(then), `Back-off pulling image "${image}": ErrImagePull: ${reasonOf(first)}`);
  await hasEvents(
    'missing',
    new RegExp(`^Normal Pulling: Pulling image "${image}"$`),
    new RegExp(`^Warning Failed: Failed to pull image "${image}": .*manifest unknown`),
    /^Warning Failed: Error: ErrImagePull$/,
    new RegExp(`^Normal BackOff: Back-off pulling image "${image}"$`),
    /^Warning Failed: Error: ImagePullBackOff$/,
  );
  assert.match(await cluster.kubectl('get', 'pods'), /^missing +0\/1 +(ImagePullBackOff|ErrImagePull) +0 /m);
});

test('a registry that nobody runs is named in the reason', async () => {
  await start('unserved', '127.0.0.1:9/team/nothing:v1');
  await podBecomes(cluster.kubectl, 'unserved', (pod) =>
    /^(ErrImagePull|ImagePullBackOff)$/.test(waitingFor(pod)),
  );
  await hasEvents('unserved', /dial tcp 127\.0\.0\.1:9: connection refused/);
});

test('a registry beyond this machine is not asked by a hermetic cluster, which says so', async () => {
  await start('far', 'registry.example/team/app:v1');
  await podBecomes(cluster.kubectl, 'far', (pod) =>
    /^(ErrImagePull|ImagePullBackOff)$/.test(waitingFor(pod)),
  );
  await hasEvents(
    'far',
    /Failed to pull image "registry\.example\/team\/app:v1": registry\.example is not asked: images come only from registries on 127\.0\.0\.1/,
  );
});

test('a name that is none is refused as such', async () => {
  await start('unreadable', 'Not/A Name');
  await podBecomes(cluster.kubectl, 'unreadable', (pod) => waitingFor(pod) === 'InvalidImageName');
});

test('an image that may not be pulled and is not there: ErrImageNeverPull', async () => {
  await start('never', `${registryHost}/team/nothing:v1`, 'Never');
  await podBecomes(cluster.kubectl, 'never', (pod) => waitingFor(pod) === 'ErrImageNeverPull');
});

/** Busybox under another name, in a file. */
async function archiveOf(kind: 'docker-archive' | 'oci-archive', name: string): Promise<string> {
  const file = join(directory, `${kind}.tar`);
  const busybox = await imageStore({ dir: imagesDir }).find('busybox');
  const layout = `oci:${imagesDir}/oci/${busybox?.id.replace('sha256:', '')}:${layoutTag}`;
  await run('skopeo', ['--insecure-policy', 'copy', '--quiet', layout, `${kind}:${file}:${name}`]);
  return file;
}

test('an image from a file lets a pod run that waited for it, also where pull policy says Always', async () => {
  await start('waits', loaded, 'Always');
  await podBecomes(cluster.kubectl, 'waits', (pod) => waitingFor(pod) === 'ImagePullBackOff');
  const archive = await archiveOf('oci-archive', loaded);
  const { code, stdout, stderr } = await switchboard('image', 'load', archive);
  assert.deepEqual([code, stdout], [0, `${loaded}\n`], stderr);
  assert.match((await switchboard('image', 'ls')).stdout, /^e2e\.test\/from\/file:v1 .* loaded$/m);
  // The next look is at most a back-off of 10 s away, or 20 s where reading the file took long.
  await podBecomes(
    cluster.kubectl,
    'waits',
    ({ status }) => status?.containerStatuses?.[0]?.ready ?? false,
    120_000,
  );
});

test('a file of docker save is taken whose layers are known already, and are not compressed there', async () => {
  const archive = await archiveOf('docker-archive', saved);
  const { code, stdout, stderr } = await switchboard('image', 'load', archive);
  assert.deepEqual([code, stdout], [0, `${saved}\n`], stderr);
});
