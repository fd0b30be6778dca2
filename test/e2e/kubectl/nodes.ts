import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { rowsOf } from '../../support/columns.ts';
import { eventually } from '../../support/eventually.ts';
import type { Kubectl } from '../../support/kubectl.ts';
import { waiting } from './app.ts';
import { placeOf, refuses } from './cluster.ts';

const node = 'e2e-kubectl-2';
const other = 'e2e-kubectl-1';

describe('kubectl and nodes', () => {
  let kubectl: Kubectl;
  before(async () => {
    ({ kubectl } = await placeOf('nodes'));
    await kubectl('create', 'deployment', 'web', '--image=nginx', '--replicas=4');
    await kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
  });
  after(async () => {
    await kubectl('uncordon', node);
    // Where the test of taints did not come to its end.
    for (const name of [node, other]) await kubectl.attempt('taint', 'node', name, 'only-');
  });

  const nodesOfPods = async () =>
    rowsOf(await kubectl('get', 'pods', '-o', 'wide'))
      .filter(({ STATUS }) => STATUS === 'Running')
      .map(({ NODE }) => NODE);

  test('pods are spread over both', async () => {
    assert.deepEqual([...new Set(await nodesOfPods())].sort(), [other, node]);
  });

  test('cordon keeps new pods away, uncordon lets them in', async () => {
    assert.equal(await kubectl('cordon', node), `node/${node} cordoned\n`);
    assert.match(await kubectl('get', 'node', node), /Ready,SchedulingDisabled/);
    await kubectl('uncordon', node);
    assert.doesNotMatch(await kubectl('get', 'node', node), /SchedulingDisabled/);
  });

  test('drain asks before it deletes a pod that nobody would replace', async () => {
    const bare = waiting('bare').replace('spec:', `spec:\n  nodeName: ${node}`);
    await kubectl.input(bare, 'apply', '-f', '-');
    await kubectl('wait', '--for=condition=Ready', 'pod/bare', '--timeout=60s');
    await refuses(
      kubectl.attempt('drain', node, '--ignore-daemonsets'),
      /declare no controller \(use --force to override\): .*nodes\/bare/,
    );
  });

  for (const how of [[], ['--disable-eviction']]) {
    test(['drain', ...how, 'empties the node, and what was there starts elsewhere'].join(' '), async () => {
      await kubectl('uncordon', node);
      await kubectl('delete', 'pods', '-l', 'app=web', '--now');
      await kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
      await eventually(async () => assert.ok((await nodesOfPods()).includes(node)));
      const drained = await kubectl(
        'drain',
        node,
        '--ignore-daemonsets',
        '--delete-emptydir-data',
        '--force',
        ...how,
        '--timeout=60s',
      );
      assert.match(drained, new RegExp(`node/${node} drained`));
      await kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
      await eventually(async () => assert.deepEqual(await nodesOfPods(), [other, other, other, other]));
      await kubectl('uncordon', node);
    });
  }

  test('a taint keeps away, or drives away, who does not tolerate it', async () => {
    assert.equal(await kubectl('taint', 'node', node, 'only=some:NoSchedule'), `node/${node} tainted\n`);
    await refuses(kubectl.attempt('taint', 'node', node, 'only=some:NoSchedule'), /already has .*taint/);
    assert.match(await kubectl('describe', 'node', node), /Taints: +only=some:NoSchedule/);
    await kubectl('taint', 'node', other, 'only=some:NoSchedule');
    await kubectl.input(waiting('homeless'), 'apply', '-f', '-');
    await eventually(async () =>
      assert.match(
        await kubectl('describe', 'pod', 'homeless'),
        /FailedScheduling .* 0\/2 nodes are available: 2 node\(s\) had untolerated taint/,
      ),
    );
    await kubectl('taint', 'node', other, 'only-');
    await kubectl('wait', '--for=condition=Ready', 'pod/homeless', '--timeout=60s');
    await kubectl('taint', 'node', node, 'only-');
    await kubectl.input(waiting('driven').replace('spec:', `spec:\n  nodeName: ${node}`), 'apply', '-f', '-');
    await kubectl('wait', '--for=condition=Ready', 'pod/driven', '--timeout=60s');
    await kubectl('taint', 'node', node, 'only=some:NoExecute');
    await kubectl('wait', '--for=delete', 'pod/driven', '--timeout=60s');
    await kubectl('taint', 'node', node, 'only:NoExecute-');
  });
});
