/** Kinds of somebody's own, as the real kubectl sees them: of 1.20 and of several newer versions. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { killHard } from '../support/faults.ts';
import { kubectlWith } from '../support/kubectl.ts';
import { type KubectlProgram, kubectls } from '../support/kubectls.ts';

const minor = ({ version }: KubectlProgram) => Number(version.split('.')[1]);
const programs = (await kubectls()).filter((program) => [20, 27, 30, 33].includes(minor(program)));

let cluster: TestCluster;
let directory: string;

before(async () => {
  cluster = await startCluster({ name: 'e2e-custom' });
  directory = mkdtempSync(join(tmpdir(), 'switchboard-custom-'));
});
after(async () => {
  rmSync(directory, { recursive: true, force: true });
  await cluster.down();
});

function fileOf(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const group = 'stable.example.com';

const definition = (plural: string, kind: string) => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${plural}.${group}}
spec:
  group: ${group}
  scope: Namespaced
  names: {plural: ${plural}, singular: ${kind.toLowerCase()}, kind: ${kind}, shortNames: [${plural.slice(0, 4)}], categories: [all]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas, labelSelectorPath: .status.labelSelector}
    additionalPrinterColumns:
    - {name: Spec, type: string, description: When it runs., jsonPath: .spec.cronSpec}
    - {name: Replicas, type: integer, jsonPath: .spec.replicas}
    - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
    schema:
      openAPIV3Schema:
        type: object
        description: Something that runs now and then.
        properties:
          spec:
            type: object
            description: When it runs and what.
            x-kubernetes-validations:
            - {rule: self.replicas <= self.maxReplicas, message: there are too many replicas}
            properties:
              cronSpec: {type: string, description: In the format of cron., pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$'}
              image: {type: string, default: busybox}
              replicas: {type: integer, minimum: 1, maximum: 10, default: 1}
              maxReplicas: {type: integer, default: 20}
              limit: {x-kubernetes-int-or-string: true}
          status:
            type: object
            properties: {replicas: {type: integer}, labelSelector: {type: string}}
`;

const object = (kind: string, name: string, minutes = 5) => `
apiVersion: ${group}/v1
kind: ${kind}
metadata: {name: ${name}}
spec: {cronSpec: "* * * * */${minutes}", image: nginx}
`;

for (const program of programs) {
  describe(`kubectl ${program.version}`, () => {
    const plural = `tabs${minor(program)}s`;
    const kind = `Tab${minor(program)}`;
    const crd = `crd/${plural}.${group}`;
    const kubectl = (...args: string[]) => kubectlWith(cluster.kubeconfig, program.path)(...args);
    const attempt = (...args: string[]) => kubectlWith(cluster.kubeconfig, program.path).attempt(...args);

    test('creates a definition, and at once its objects', async () => {
      await kubectl('apply', '-f', fileOf('crd.yaml', definition(plural, kind)));
      await kubectl('wait', '--for=condition=Established', crd, '--timeout=60s');
      await kubectl('apply', '-f', fileOf('a.yaml', object(kind, 'a')));
      const table = await kubectl('get', plural.slice(0, 4), '--no-headers');
      assert.match(table, /^a +\* \* \* \* \*\/5 +1 +[\dms]+\n$/);
      assert.match(await kubectl('get', 'all'), new RegExp(`${kind.toLowerCase()}\\.${group}/a `));
    });

    test('explains, describes and lists the kind', async () => {
      const explained = await kubectl('explain', `${plural}.spec`);
      assert.match(explained, /When it runs and what\./);
      assert.match(explained, /replicas\s+<integer>/);
      assert.match(await kubectl('explain', plural, '--recursive'), /cronSpec\s+<string>/);
      assert.match(await kubectl('describe', plural, 'a'), /Cron Spec: +\* \* \* \* \*\/5/);
      assert.match(await kubectl('api-resources', '--api-group', group), new RegExp(`${plural} .*${kind}`));
    });

    test('changes objects by apply, patch, edit, label and scale', async () => {
      await kubectl('apply', '-f', fileOf('a.yaml', object(kind, 'a', 7)));
      await kubectl('patch', plural, 'a', '--type=merge', '-p', '{"spec":{"replicas":2}}');
      process.env['KUBE_EDITOR'] = 'sed -i s/"replicas: 2"/"replicas: 4"/';
      await kubectl('edit', plural, 'a');
      assert.equal(await kubectl('get', plural, 'a', '-o', 'jsonpath={.spec.replicas}'), '4');
      await kubectl('label', plural, 'a', 'tier=front');
      await kubectl('scale', '--replicas=3', `${plural}/a`);
      const told = await kubectl('get', plural, '-l', 'tier=front', '-o', 'jsonpath={.items[0].spec}');
      assert.deepEqual(JSON.parse(told.startsWith('map') ? '{}' : told), {
        ...{ cronSpec: '* * * * */7', image: 'nginx', maxReplicas: 20, replicas: 3 },
      });
    });

    test('is told what is wrong', async () => {
      const { code, stderr } = await attempt(
        'patch',
        plural,
        'a',
        '--type=merge',
        '-p',
        '{"spec":{"replicas":30}}',
      );
      assert.equal(code, 1);
      assert.match(
        stderr,
        /spec\.replicas: Invalid value: 30: spec\.replicas in body should be less than or equal to 10/,
      );
      const ruled = await attempt('patch', plural, 'a', '--type=merge', '-p', '{"spec":{"maxReplicas":1}}');
      assert.match(ruled.stderr, /spec: Invalid value: "object": there are too many replicas/);
      const unknown = await attempt(
        'apply',
        '-f',
        fileOf('bad.yaml', object(kind, 'b').replace('image', 'imagee')),
      );
      assert.match(unknown.stderr, /unknown field "(spec\.)?imagee"/);
    });

    test('applies on the server', async () => {
      await kubectl('apply', '--server-side', '-f', fileOf('ssa.yaml', object(kind, 'ssa')));
      const owners = await kubectl(
        'get',
        plural,
        'ssa',
        '-o',
        'jsonpath={.metadata.managedFields[*].operation}',
      );
      assert.equal(owners, 'Apply');
    });

    test('takes everything away', async () => {
      await kubectl('delete', plural, 'a');
      await kubectl('delete', crd, '--timeout=60s');
      await eventually(async () => assert.notEqual((await attempt('get', plural)).code, 0));
    });
  });
}

test('definitions and objects are there after the control plane starts again', async () => {
  const { kubectl } = cluster;
  await kubectl('apply', '-f', fileOf('crd.yaml', definition('keeps', 'Keep')));
  await kubectl('wait', '--for=condition=Established', `crd/keeps.${group}`);
  await kubectl('apply', '-f', fileOf('keep.yaml', object('Keep', 'a')));
  await killHard(cluster, 'controlplane');
  await eventually(async () => assert.match(await kubectl('get', 'keeps', 'a'), /^NAME +SPEC/));
});
