import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import type { Kubectl } from '../../support/kubectl.ts';
import { first } from './app.ts';
import { placeOf, refuses } from './cluster.ts';

const stateful = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store}
spec:
  serviceName: store
  replicas: 2
  selector: {matchLabels: {app: store}}
  template:
    metadata: {labels: {app: store}}
    spec:
      containers: [{name: web, image: nginx:1.27}]
`;

describe('kubectl rollout', () => {
  let kubectl: Kubectl;
  before(async () => {
    ({ kubectl } = await placeOf('rolling'));
    await kubectl.input(first + '---' + stateful, 'apply', '-f', '-');
  });

  const finished = async (workload: string) => {
    const told = await kubectl('rollout', 'status', workload, '--timeout=60s');
    assert.match(told, /successfully rolled out|roll out complete/);
  };
  const imageOf = (workload: string) =>
    kubectl('get', workload, '-o', 'jsonpath={.spec.template.spec.containers[0].image}');
  const revisions = async (workload: string) =>
    [...(await kubectl('rollout', 'history', workload)).matchAll(/^(\d+) +(.*)$/gm)].map(
      (m) => `${m[1]} ${m[2]}`,
    );

  for (const workload of ['deployment/app', 'statefulset/store']) {
    test(`${workload}: a new template is rolled out, told in the history and undone`, async () => {
      await finished(workload);
      await kubectl('set', 'image', workload, 'web=nginx:1.28');
      await finished(workload);
      const label = workload.split('/')[1];
      const images = 'jsonpath={.items[*].spec.containers[0].image}';
      const running = ['pods', '-l', `app=${label}`, '--field-selector=status.phase=Running'];
      await eventually(async () =>
        assert.doesNotMatch(await kubectl('get', ...running, '-o', images), /nginx:1\.27/),
      );
      assert.deepEqual(await revisions(workload), ['1 <none>', '2 <none>']);
      assert.match(await kubectl('rollout', 'history', workload, '--revision=1'), /Image:\s+nginx:1\.27/);
      await kubectl('rollout', 'undo', workload);
      assert.equal(await imageOf(workload), 'nginx:1.27');
      await finished(workload);
      assert.deepEqual(await revisions(workload), ['2 <none>', '3 <none>']);
      await kubectl('rollout', 'undo', workload, '--to-revision=2');
      assert.equal(await imageOf(workload), 'nginx:1.28');
      await refuses(
        kubectl.attempt('rollout', 'undo', workload, '--to-revision=99'),
        /unable to find specified revision 99/,
      );
      await finished(workload);
    });

    test(`${workload}: restart makes every pod anew`, async () => {
      const label = `app=${workload.split('/')[1]}`;
      const uids = async () =>
        (await kubectl('get', 'pods', '-l', label, '-o', 'jsonpath={.items[*].metadata.uid}')).split(' ');
      const old = await uids();
      assert.match(await kubectl('rollout', 'restart', workload), /restarted/);
      await finished(workload);
      await eventually(async () =>
        assert.deepEqual(
          (await uids()).filter((uid) => old.includes(uid)),
          [],
        ),
      );
    });
  }

  test('the cause of a change is told in the history', async () => {
    await kubectl('annotate', 'deployment/app', 'kubernetes.io/change-cause=a new page', '--overwrite');
    await eventually(async () =>
      assert.match((await revisions('deployment/app')).at(-1) ?? '', /a new page$/),
    );
  });

  test('paused, nothing is rolled out until it is resumed', async () => {
    assert.equal(await kubectl('rollout', 'pause', 'deployment/app'), 'deployment.apps/app paused\n');
    await refuses(kubectl.attempt('rollout', 'pause', 'deployment/app'), /already paused/);
    const before = (await revisions('deployment/app')).length;
    await kubectl('set', 'image', 'deployment/app', 'web=nginx:1.25');
    await refuses(kubectl.attempt('rollout', 'status', 'deployment/app', '--timeout=500ms'), /timed out/);
    assert.equal((await revisions('deployment/app')).length, before);
    await kubectl('rollout', 'resume', 'deployment/app');
    await finished('deployment/app');
    assert.equal((await revisions('deployment/app')).length, before + 1);
  });

  test('a deadline that has passed is told', async () => {
    await kubectl('create', 'deployment', 'stuck', '--image=switchboard.invalid/none');
    await kubectl('patch', 'deployment', 'stuck', '-p', '{"spec":{"progressDeadlineSeconds":1}}');
    await refuses(
      kubectl.attempt('rollout', 'status', 'deployment/stuck', '--timeout=60s'),
      /deployment "stuck" exceeded its progress deadline/,
    );
    await kubectl('delete', 'deployment', 'stuck', '--wait=false');
  });
});
