import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { headOf, rowsOf } from '../../support/columns.ts';
import { eventually } from '../../support/eventually.ts';
import type { Kubectl } from '../../support/kubectl.ts';
import { first } from './app.ts';
import { placeOf, refuses } from './cluster.ts';

describe('kubectl get', () => {
  let kubectl: Kubectl;
  before(async () => {
    ({ kubectl } = await placeOf('getting'));
    await kubectl.input(first, 'apply', '-f', '-');
    await kubectl('rollout', 'status', 'deployment/app', '--timeout=60s');
    await kubectl('create', 'service', 'nodeport', 'outside', '--tcp=80');
    await kubectl('create', 'secret', 'generic', 'password', '--from-literal=a=b');
  });

  const heads: [string, string][] = [
    ['pods', 'NAME READY STATUS RESTARTS AGE'],
    ['services', 'NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE'],
    ['endpoints', 'NAME ENDPOINTS AGE'],
    ['endpointslices', 'NAME ADDRESSTYPE PORTS ENDPOINTS AGE'],
    ['deployments', 'NAME READY UP-TO-DATE AVAILABLE AGE'],
    ['replicasets', 'NAME DESIRED CURRENT READY AGE'],
    ['configmaps', 'NAME DATA AGE'],
    ['secrets', 'NAME TYPE DATA AGE'],
    ['serviceaccounts', 'NAME SECRETS AGE'],
    ['events', 'LAST SEEN TYPE REASON OBJECT MESSAGE'],
    ['namespaces', 'NAME STATUS AGE'],
    ['nodes', 'NAME STATUS ROLES AGE VERSION'],
    ['leases -n kube-node-lease', 'NAME HOLDER AGE'],
  ];
  for (const [kind, head] of heads) {
    test(`${kind} has the columns that people know`, async () => {
      assert.equal(headOf(await kubectl('get', ...kind.split(' '))).join(' '), head);
    });
  }

  const wide: [string, string][] = [
    ['pods', 'IP NODE NOMINATED NODE READINESS GATES'],
    ['services', 'SELECTOR'],
    ['deployments', 'CONTAINERS IMAGES SELECTOR'],
    ['replicasets', 'CONTAINERS IMAGES SELECTOR'],
    ['nodes', 'INTERNAL-IP EXTERNAL-IP OS-IMAGE KERNEL-VERSION CONTAINER-RUNTIME'],
  ];
  for (const [kind, more] of wide) {
    test(`${kind} -o wide has more of them`, async () => {
      const usual = headOf(await kubectl('get', kind));
      assert.equal(
        headOf(await kubectl('get', kind, '-o', 'wide'))
          .slice(usual.length)
          .join(' '),
        more,
      );
    });
  }

  test('the cells say what is there', async () => {
    const [deployment] = rowsOf(await kubectl('get', 'deployment', 'app', '-o', 'wide'));
    assert.equal(deployment?.['READY'], '1/1');
    assert.equal(deployment?.['IMAGES'], 'nginx:1.27');
    assert.equal(deployment?.['SELECTOR'], 'app=app');
    assert.match(deployment?.['AGE'] ?? '', /^(\d+[ms])+$/);
    const services = rowsOf(await kubectl('get', 'services'));
    assert.equal(services.find(({ NAME }) => NAME === 'app')?.['PORT(S)'], '80/TCP,81/TCP');
    assert.match(services.find(({ NAME }) => NAME === 'outside')?.['PORT(S)'] ?? '', /^80:3\d{4}\/TCP$/);
    const [pod] = rowsOf(await kubectl('get', 'pods', '-o', 'wide'));
    assert.match(pod?.['IP'] ?? '', /^10\.244\./);
    assert.match(pod?.['NODE'] ?? '', /^e2e-kubectl-[12]$/);
    const nodes = rowsOf(await kubectl('get', 'nodes'));
    assert.deepEqual(
      nodes.map(({ STATUS, ROLES }) => `${STATUS} ${ROLES}`),
      ['Ready control-plane', 'Ready <none>'],
    );
  });

  test('one object, as YAML and as JSON', async () => {
    assert.match(await kubectl('get', 'configmap', 'settings', '-o', 'yaml'), /^data:\n {2}colour: blue\n/m);
    const found = await kubectl.json<{ kind: string; data: object }>('get', 'configmap', 'settings');
    assert.deepEqual([found.kind, found.data], ['ConfigMap', { colour: 'blue', size: 'small' }]);
  });

  test('names, paths, templates and columns of one’s own', async () => {
    assert.equal(await kubectl('get', 'deploy,cm/settings', '-o', 'name').catch(() => ''), '');
    assert.equal(
      await kubectl('get', 'deploy/app', 'cm/settings', '-o', 'name'),
      'deployment.apps/app\nconfigmap/settings\n',
    );
    assert.equal(await kubectl('get', 'cm/settings', '-o', 'jsonpath={.data.colour}'), 'blue');
    assert.equal(
      await kubectl('get', 'svc/app', '-o', 'jsonpath={range .spec.ports[*]}{.port},{end}'),
      '80,81,',
    );
    assert.equal(await kubectl('get', 'cm/settings', '-o', 'go-template={{.data.size}}'), 'small');
    const own = await kubectl('get', 'svc', 'app', '-o', 'custom-columns=WHO:.metadata.name,KIND:.spec.type');
    assert.deepEqual(rowsOf(own), [{ WHO: 'app', KIND: 'ClusterIP' }]);
  });

  test('several kinds at once, each with its own columns', async () => {
    const [services, deployments] = (await kubectl('get', 'services,deployments')).split('\n\n');
    assert.deepEqual(
      rowsOf(services ?? '').map(({ NAME }) => NAME),
      ['service/app', 'service/outside'],
    );
    assert.deepEqual(
      rowsOf(deployments ?? '').map(({ NAME }) => NAME),
      ['deployment.apps/app'],
    );
    assert.match(
      await kubectl('get', 'all'),
      /pod\/app-.*service\/app .*deployment\.apps\/app .*replicaset\.apps\/app-/s,
    );
  });

  test('by label and by field', async () => {
    const labels = (selector: string) => kubectl('get', 'configmaps', '-o', 'name', '-l', selector);
    assert.equal(await labels('part=of-app'), 'configmap/settings\n');
    assert.equal(await labels('part in (of-app, none)'), 'configmap/settings\n');
    assert.equal(await labels('!part'), 'configmap/kube-root-ca.crt\n');
    assert.equal(await labels('part!=of-app'), 'configmap/kube-root-ca.crt\n');
    const fields = (selector: string) => kubectl('get', 'pods', '-o', 'name', '--field-selector', selector);
    assert.match(await fields('status.phase=Running,spec.restartPolicy=Always'), /^pod\/app-/);
    assert.equal(await fields('status.phase!=Running'), '');
    await refuses(
      kubectl.attempt('get', 'pods', '--field-selector', 'colour=blue'),
      /field label not supported: colour/,
    );
    assert.deepEqual(headOf(await kubectl('get', 'cm', '-L', 'part')).slice(-1), ['PART']);
    assert.match(await kubectl('get', 'cm', 'settings', '--show-labels'), /part=of-app/);
  });

  test('in all namespaces, sorted, and in pages', async () => {
    // In other namespaces pods still come and go.
    const rows = await eventually(async () => {
      const everywhere = rowsOf(await kubectl('get', 'pods', '-A', '--sort-by=.metadata.name'));
      const paged = rowsOf(await kubectl('get', 'pods', '-A', '--chunk-size=1'));
      assert.equal(paged.length, everywhere.length);
      return everywhere;
    });
    assert.ok(new Set(rows.map(({ NAMESPACE }) => NAMESPACE)).size > 1);
    const names = rows.map(({ NAME = '' }) => NAME);
    // Some kubectls take digits for numbers: `web-9x` comes before `web-10`.
    const asNumbers = new Intl.Collator('en', { numeric: true }).compare;
    const sorted = [names.toSorted(), names.toSorted(asNumbers)].map((all) => all.join());
    assert.ok(sorted.includes(names.join()), names.join());
  });

  test('watches: what is there, then every change', async () => {
    const watching = kubectl.start('get', 'configmaps', '-w', '--output-watch-events', '-l', 'watched=yes');
    let seen = '';
    watching.stdout?.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    try {
      await kubectl('create', 'configmap', 'later');
      await kubectl('label', 'configmap', 'later', 'watched=yes');
      await eventually(() => assert.match(seen, /ADDED +later +0/));
      await kubectl('patch', 'configmap', 'later', '-p', '{"data":{"a":"b"}}');
      await eventually(() => assert.match(seen, /MODIFIED +later +1/));
      await kubectl('label', 'configmap', 'later', 'watched-');
      await eventually(() => assert.match(seen, /DELETED +later +1/));
    } finally {
      watching.kill();
    }
  });

  test('says what is not there', async () => {
    await refuses(
      kubectl.attempt('get', 'pod', 'nobody'),
      /Error from server \(NotFound\): pods "nobody" not found/,
    );
    await refuses(kubectl.attempt('get', 'unicorns'), /the server doesn't have a resource type "unicorns"/);
    assert.equal(await kubectl('get', 'pod', 'nobody', '--ignore-not-found'), '');
    const empty = await kubectl.attempt('get', 'statefulsets');
    assert.deepEqual([empty.code, empty.stderr], [0, 'No resources found in getting namespace.\n']);
  });

  test('raw paths and the scale of a workload', async () => {
    assert.equal(await kubectl('get', '--raw', '/readyz'), 'ok');
    assert.match(await kubectl('get', '--raw', '/version'), /"minor": ?"36"/);
    const [scale] = rowsOf(await kubectl('get', 'deployment', 'app', '--subresource=scale'));
    assert.deepEqual([scale?.['DESIRED'], scale?.['AVAILABLE']], ['1', '1']);
  });
});
