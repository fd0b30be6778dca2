/** What kubectl tells of the cluster itself: kinds, fields, versions, rights. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { rowsOf } from '../../support/columns.ts';
import { kubectlWith } from '../../support/kubectl.ts';
import { type Place, placeOf, refuses } from './cluster.ts';

describe('kubectl about the cluster', () => {
  let place: Place;
  before(async () => {
    place = await placeOf('about');
  });
  const kubectl = (...args: string[]) => place.kubectl(...args);
  const attempt = (...args: string[]) => place.kubectl.attempt(...args);

  test('api-resources and api-versions', async () => {
    const resources = rowsOf(await kubectl('api-resources'));
    // `nodes` and `pods` are also what their metrics are called.
    const known = new Map(resources.map((row) => [`${row['NAME']} ${row['APIVERSION']}`, row]));
    for (const [name, short, version, namespaced, kind] of [
      ['namespaces', 'ns', 'v1', 'false', 'Namespace'],
      ['nodes', 'no', 'v1', 'false', 'Node'],
      ['pods', 'po', 'v1', 'true', 'Pod'],
      ['services', 'svc', 'v1', 'true', 'Service'],
      ['endpoints', 'ep', 'v1', 'true', 'Endpoints'],
      ['endpointslices', '', 'discovery.k8s.io/v1', 'true', 'EndpointSlice'],
      ['configmaps', 'cm', 'v1', 'true', 'ConfigMap'],
      ['secrets', '', 'v1', 'true', 'Secret'],
      ['serviceaccounts', 'sa', 'v1', 'true', 'ServiceAccount'],
      ['events', 'ev', 'v1', 'true', 'Event'],
      ['leases', '', 'coordination.k8s.io/v1', 'true', 'Lease'],
      ['deployments', 'deploy', 'apps/v1', 'true', 'Deployment'],
      ['replicasets', 'rs', 'apps/v1', 'true', 'ReplicaSet'],
      ['statefulsets', 'sts', 'apps/v1', 'true', 'StatefulSet'],
      ['daemonsets', 'ds', 'apps/v1', 'true', 'DaemonSet'],
      ['jobs', '', 'batch/v1', 'true', 'Job'],
      ['cronjobs', 'cj', 'batch/v1', 'true', 'CronJob'],
      ['horizontalpodautoscalers', 'hpa', 'autoscaling/v2', 'true', 'HorizontalPodAutoscaler'],
      ['ingresses', 'ing', 'networking.k8s.io/v1', 'true', 'Ingress'],
      ['networkpolicies', 'netpol', 'networking.k8s.io/v1', 'true', 'NetworkPolicy'],
      ['ipaddresses', 'ip', 'networking.k8s.io/v1', 'false', 'IPAddress'],
      ['poddisruptionbudgets', 'pdb', 'policy/v1', 'true', 'PodDisruptionBudget'],
      ['persistentvolumeclaims', 'pvc', 'v1', 'true', 'PersistentVolumeClaim'],
      ['storageclasses', 'sc', 'storage.k8s.io/v1', 'false', 'StorageClass'],
      ['priorityclasses', 'pc', 'scheduling.k8s.io/v1', 'false', 'PriorityClass'],
      ['resourcequotas', 'quota', 'v1', 'true', 'ResourceQuota'],
      ['nodes', '', 'metrics.k8s.io/v1beta1', 'false', 'NodeMetrics'],
      ['controllerrevisions', '', 'apps/v1', 'true', 'ControllerRevision'],
    ] as const)
      assert.deepEqual(known.get(`${name} ${version}`), {
        NAME: name,
        SHORTNAMES: short,
        APIVERSION: version,
        NAMESPACED: namespaced,
        KIND: kind,
      });
    const versions = (await kubectl('api-versions')).split('\n');
    for (const version of ['v1', 'apps/v1', 'discovery.k8s.io/v1', 'coordination.k8s.io/v1'])
      assert.ok(versions.includes(version), version);
    for (const version of ['extensions/v1beta1', 'discovery.k8s.io/v1beta1'])
      assert.ok(!versions.includes(version), version);
  });

  test('explain tells fields, their types and what they are for', async () => {
    const ports = await kubectl('explain', 'service.spec.ports');
    assert.match(ports, /KIND: +Service\nVERSION: +v1/);
    assert.match(ports, /nodePort\s+<integer>/);
    assert.match(ports, /port\s+<integer> -required-/);
    assert.match(await kubectl('explain', 'pod.spec.containers.image'), /FIELD: image <string>/);
    assert.match(
      await kubectl('explain', 'deployment', '--recursive'),
      /readinessProbe\s+<Probe>\n\s+exec\s+<ExecAction>/,
    );
    assert.match(await kubectl('explain', 'deploy', '--api-version=apps/v1'), /GROUP: +apps/);
    assert.match(
      await kubectl('explain', 'service.spec', '--output=plaintext-openapiv2'),
      /clusterIP\s+<string>/,
    );
    await refuses(attempt('explain', 'pod.spec.colour'), /field "colour" does not exist/);
  });

  test('version, cluster-info, config view', async () => {
    assert.match(await kubectl('version'), /Server Version: .*v1\.36\./);
    assert.match(await kubectl('cluster-info'), /control plane.* is running at .*https:\/\/127\./);
    const view = await kubectl('config', 'view');
    assert.match(view, /namespace: about/);
    assert.match(view, /client-key-data: DATA\+OMITTED/);
    assert.equal((await kubectl('config', 'current-context')).trim(), 'switchboard-e2e-kubectl');
  });

  test('auth: who one is and what one may do', async () => {
    assert.match(await kubectl('auth', 'whoami'), /Username +kubernetes-admin/);
    assert.equal((await attempt('auth', 'can-i', 'create', 'deployments')).stdout, 'yes\n');
    const stranger = await attempt('auth', 'can-i', 'create', 'pods', '--as=stranger');
    assert.deepEqual([stranger.code, stranger.stdout], [1, 'no\n']);
    assert.match(await kubectl('auth', 'can-i', '--list', '--as=stranger'), /\[\/healthz\]/);
    await refuses(
      attempt('get', 'pods', '--as=stranger'),
      /pods is forbidden: User "stranger" cannot list resource "pods" in API group "" in the namespace "about"/,
    );
  });

  test('a token is somebody too', async () => {
    await kubectl('create', 'serviceaccount', 'robot');
    const token = (await kubectl('create', 'token', 'robot')).trim();
    const name = 'robot';
    await kubectl('config', 'set-credentials', name, `--token=${token}`);
    const asRobot = kubectlWith(place.kubeconfig, place.program);
    assert.match(
      await asRobot('--user', name, 'auth', 'whoami'),
      /Username +system:serviceaccount:about:robot/,
    );
    await refuses(
      asRobot.attempt('--user', name, 'get', 'secrets'),
      /User "system:serviceaccount:about:robot" cannot list resource "secrets"/,
    );
    await kubectl('config', 'set-credentials', 'liar', '--token=nothing');
    await refuses(asRobot.attempt('--user', 'liar', 'get', 'pods'), /must be logged in|Unauthorized/);
  });
});
