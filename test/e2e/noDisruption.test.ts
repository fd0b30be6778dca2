/**
 * Nobody notices what happens to pods, nodes and our own processes: every request is answered, by every way to
 * a Service, of a Deployment that knows of no probe and no hook. `make soak` is the long form.
 */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import {
  agentsKilled,
  controlPlaneStopped,
  type Disruption,
  drained,
  restReplicas,
  rollingUpdate,
  scaling,
  stuttering,
} from '../support/load/disruptions.ts';
import { percentile } from '../support/load/load.ts';
import { type Run, startRun } from '../support/load/underLoad.ts';

const name = 'e2e-no-disruption';
const perSecond = 100;

let cluster: TestCluster;
let run: Run;

before(async () => {
  cluster = await startCluster({ name, nodes: 2 });
  run = await startRun(cluster, restReplicas, perSecond);
});
after(async () => {
  await run?.stop();
  await cluster?.down();
});

async function under(disruption: Disruption, t: TestContext): Promise<void> {
  const { requests, failures, seconds, latenciesMs, explained } = await run.next(disruption);
  const slowest = Math.round(percentile(latenciesMs, 1));
  t.diagnostic(`${requests} requests in ${seconds.toFixed(1)} s, the slowest took ${slowest} ms`);
  assert.equal(failures, 0, `${failures} of ${requests} requests failed:\n${explained.join('\n')}`);
  assert.ok(requests > 100, `there were only ${requests} requests`);
}

describe('not one request fails', () => {
  test('while a Deployment is scaled up and down', (t) => under(scaling(2), t));

  test('also when agents are slow to follow', (t) => under(stuttering(2, 600), t));

  test('in a rolling update', (t) => under(rollingUpdate, t));

  test('while a node is drained', (t) =>
    under(
      drained((nodes) => nodes.slice(-1)),
      t,
    ));

  test('when an agent is killed', (t) =>
    under(
      agentsKilled((nodes) => nodes.slice(-1)),
      t,
    ));

  test('while there is no control plane', (t) => under(controlPlaneStopped(4_000), t));
});
