/**
 * `make demo`: from nothing to a proved application. Starts a two-node cluster, applies the three
 * tiers with the real kubectl, proves every claim with real traffic, and leaves the cluster running.
 */

import { fail } from '../src/cli/fail.ts';
import { duration, showProgress } from '../src/cli/progress.ts';
import { hostAddressOf } from '../src/cluster/addresses.ts';
import { clusterPaths } from '../src/cluster/paths.ts';
import { waitUntilReady } from '../src/cluster/ready.ts';
import { requireRoot } from '../src/cluster/root.ts';
import { setup } from '../src/cluster/setup/setup.ts';
import { up } from '../src/cluster/up.ts';
import { kubectlWith } from '../test/support/kubectl.ts';
import { type App, applyApp } from './app.ts';
import { checks } from './checks/index.ts';
import { type Row, tableOf } from './table.ts';

const name = 'dev';

async function demo(): Promise<boolean> {
  requireRoot();
  const shown = showProgress();
  await setup(shown.step);
  const record = await up({ name, nodes: 2, hermetic: true }, shown.step);
  await waitUntilReady(record, shown.step);
  const { kubeconfig, lanNetns } = clusterPaths(name);
  const kubectl = kubectlWith(kubeconfig);
  shown.step('apply the three tiers');
  const pods = await applyApp(kubectl);
  const hostAddress = hostAddressOf(record.index);
  const app: App = { kubectl, nodes: record.nodes, hostAddress, lanNetns, ...pods };
  const rows: Row[] = [];
  for (const { title, prove } of checks) {
    shown.step(title);
    const startMs = performance.now();
    const [held, seen] = await prove(app).then(
      (what) => [true, what] as const,
      (err: unknown) => [false, (err as Error).message] as const,
    );
    rows.push({ title, held, seen, tookMs: performance.now() - startMs });
  }
  shown.done();
  process.stdout.write(`\n${tableOf(rows)}\n`);
  process.stdout.write(
    `\nLook around:   kubectl --context switchboard-${name} get pods,services,endpointslices -o wide\n`,
  );
  process.stdout.write(`Take it down:  bin/switchboard down --name ${name}\n`);
  return rows.every((row) => row.held);
}

const startMs = performance.now();
const held = await demo().catch(fail);
process.stdout.write(
  `${held ? 'Every line held' : 'Not every line held'} after ${duration(performance.now() - startMs)}\n`,
);
process.exit(held ? 0 : 1);
