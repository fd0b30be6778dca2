/** The claims of the demo, proved with the oldest kubectl that there is and with the newest. */
import { after, before, describe, test } from 'node:test';
import { type App, applyApp } from '../../demo/app.ts';
import { checks } from '../../demo/checks/index.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { kubectlWith } from '../support/kubectl.ts';
import { kubectls } from '../support/kubectls.ts';

const programs = await kubectls();

let cluster: TestCluster;
before(async () => {
  cluster = await startCluster({ name: 'e2e-demo', nodes: 2 });
});
after(() => cluster?.down());

for (const { version, path } of new Set([programs.at(0), programs.at(-1)].filter((p) => p !== undefined))) {
  describe(`the three tiers, with kubectl ${version}`, () => {
    let app: App;
    before(async () => {
      const kubectl = kubectlWith(cluster.kubeconfig, path);
      const { nodes } = cluster.record();
      const { hostAddress, lanNetns } = cluster;
      app = { kubectl, nodes, hostAddress, lanNetns, ...(await applyApp(kubectl)) };
    });
    for (const { title, prove } of checks) {
      test(title, async (t) => t.diagnostic(await prove(app)));
    }
  });
}
