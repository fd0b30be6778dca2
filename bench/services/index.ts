/**
 * Services through the proxy's rules, in namespaces and with real connections: what they cost packets, how soon a
 * change is there, how large everything is. kube-proxy is measured beside it where it is there (on the PATH or
 * `KUBE_PROXY=`), with the same objects of the same API servers.
 */
import { requireRoot } from '../../src/cluster/root.ts';
import { setup } from '../../src/cluster/setup/setup.ts';
import { World } from '../../test/support/world.ts';
import type { Row } from '../table.ts';
import { agentMegabytes } from './agent.ts';
import { Cluster } from './cluster.ts';
import { figuresOf } from './figures.ts';
import { findKubeProxy } from './kubeProxy.ts';
import { ours, upstream } from './proxies.ts';
import { type Figures, rowsOf } from './rows.ts';

/** What figures of load, changes and traffic are of. */
const count = 10_000;
const sizes = { packets: [10, 1_000, count], change: [100, 1_000, count], count };
/** The kernel alone is asked about so many, and of our own rules only: others take minutes to load them. */
const largest = 30_000;

type Step = (what: string) => void;

/** Rows for the table of the bench. */
export async function measureServices(runs: number, step: Step, say: Step): Promise<Row[]> {
  requireRoot();
  await setup(step);
  const [mine, theirs] = await measureProxies(runs, (what) => step(`Services: ${what}`), say);
  step(`Services: a whole agent with ${count} of them`);
  return rowsOf(mine, theirs, [await agentMegabytes(count)], count);
}

async function measureProxies(runs: number, step: Step, say: Step): Promise<[Figures, Figures | undefined]> {
  const found = await findKubeProxy();
  if (!found) say('kube-proxy is not measured beside: it is not on the PATH, and KUBE_PROXY= is not set');
  await using world = new World();
  using _ = endsWithSignal(world);
  await using stack = new AsyncDisposableStack();
  const clusters = new Map<number, Cluster>();
  for (const size of new Set([...sizes.packets, ...sizes.change])) {
    step(`an API server with ${size}`);
    clusters.set(size, stack.use(await Cluster.start(world, size)));
  }
  const place = { world, clusters, sizes, runs, step };
  const mine = await figuresOf(ours, { ...place, largest });
  return [mine, found && (await figuresOf(upstream(found), place))];
}

/** Namespaces would outlive this process. */
function endsWithSignal(world: World): Disposable {
  const end = () => void world[Symbol.asyncDispose]().finally(() => process.exit(1));
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, end);
  return {
    [Symbol.dispose]: () => {
      for (const signal of signals) process.off(signal, end);
    },
  };
}
