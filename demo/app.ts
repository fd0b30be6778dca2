/** The three-tier application that the demo and the tests look at, and how they reach it. */
import type { Pod } from '../src/api/types.ts';
import { packageRoot } from '../src/cluster/paths.ts';
import type { NodeRecord } from '../src/cluster/record.ts';
import { eventually } from '../test/support/eventually.ts';
import type { Kubectl } from '../test/support/kubectl.ts';

export interface App {
  kubectl: Kubectl;
  nodes: readonly NodeRecord[];
  /** Where the host meets the cluster. */
  hostAddress: string;
  lanNetns: string;
  /** A pod that was started before there was any Service of the application. */
  early: string;
  /** One that was started afterwards. */
  late: string;
}

export const nodePort = 30080;
const examples = `${packageRoot}/examples/three-tier`;

/** Applies the application and waits until all of it is ready. */
export async function applyApp(kubectl: Kubectl): Promise<Pick<App, 'early' | 'late'>> {
  // Of an earlier run: what is to be seen is a pod that starts while there is no such Service.
  await kubectl('delete', 'service', 'frontend', 'backend', 'database', '--ignore-not-found');
  await runTool(kubectl, 'early');
  for (const tier of ['database', 'backend', 'frontend'])
    await kubectl('apply', '-f', `${examples}/${tier}.yaml`);
  for (const workload of ['statefulset/database', 'deployment/backend', 'deployment/frontend']) {
    await kubectl('rollout', 'status', workload, '--timeout=90s');
  }
  await runTool(kubectl, 'late');
  return { early: 'early', late: 'late' };
}

/** A pod with the tools of a network person in it. */
async function runTool(kubectl: Kubectl, name: string): Promise<void> {
  const known = await kubectl.attempt('get', 'pod', name);
  if (known.code === 0) await kubectl('delete', 'pod', name, '--grace-period=0', '--force');
  await kubectl('run', name, '--image=nicolaka/netshoot', '--restart=Never', '--', 'sleep', 'infinity');
  await kubectl('wait', '--for=condition=Ready', `pod/${name}`, '--timeout=60s');
}

/** Runs a command in a pod. */
export const inPod = (app: Pick<App, 'kubectl'>, pod: string, ...command: string[]): Promise<string> =>
  app.kubectl('exec', pod, '--', ...command);

export async function podsOf(app: Pick<App, 'kubectl'>, tier: string): Promise<Pod[]> {
  const { items } = await app.kubectl.json<{ items: Pod[] }>('get', 'pods', '-l', `tier=${tier}`);
  return items.filter((pod) => !pod.metadata.deletionTimestamp);
}

/** Addresses that the Endpoints object of a Service has as ready. */
export async function readyEndpoints(app: Pick<App, 'kubectl'>, service: string): Promise<string[]> {
  const path = '{range .subsets[*].addresses[*]}{.ip}{"\\n"}{end}';
  return (await app.kubectl('get', 'endpoints', service, '-o', `jsonpath=${path}`))
    .split('\n')
    .filter(Boolean);
}

/** Waits until a Service has so many ready endpoints. */
export const endpointsBecome = (
  app: Pick<App, 'kubectl'>,
  service: string,
  count: number,
): Promise<string[]> =>
  eventually(async () => {
    const ready = await readyEndpoints(app, service);
    if (ready.length === count) return ready;
    throw new Error(`${service} has ${ready.length} ready endpoint(s) instead of ${count}`);
  });
