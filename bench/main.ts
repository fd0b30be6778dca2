/**
 * `make bench`: the figures that the project promises, measured on this machine, in one table.
 * BENCH_RUNS says how often a cluster is brought up and scaled (3), BENCH_VERBOSE=1 where time and memory go,
 * BENCH_ONLY=api, BENCH_ONLY=dns, BENCH_ONLY=services that only the API server, the DNS server or Services are measured.
 */
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../src/cli/fail.ts';
import { showProgress } from '../src/cli/progress.ts';
import { httpClient } from '../src/client/http.ts';
import { fromKubeconfig } from '../src/client/kubeconfig.ts';
import { requireRoot } from '../src/cluster/root.ts';
import { setup } from '../src/cluster/setup/setup.ts';
import type { TestCluster } from '../test/support/cluster.ts';
import { measureApi } from './api/index.ts';
import { measureChanges } from './dns/change.ts';
import { measureDns } from './dns/index.ts';
import { memoryOf } from './memory.ts';
import { measurePods } from './pod.ts';
import { measureScale } from './scale.ts';
import { measureServices } from './services/index.ts';
import { type Row, tableOf } from './table.ts';
import { measureUp } from './up.ts';

const name = 'bench';
const runs = Math.max(1, Math.trunc(Number(process.env['BENCH_RUNS'] ?? 3)) || 3);
const verbose = process.env['BENCH_VERBOSE'] === '1';
const podCount = 100;
const singlePods = 25;
const dnsChanges = 500;
const clusterDns = '10.96.0.10';
/** After so long everything that begins with a cluster has ended. */
const settleMs = 15_000;

const say = (text: string) => process.stderr.write(`${text}\n`);

async function bench(): Promise<Row[]> {
  const shown = showProgress();
  const only = process.env['BENCH_ONLY'];
  const isWanted = (part: string) => !only || only === part;
  const rows = [
    ...(isWanted('api') ? await measureApi(runs, shown.step) : []),
    ...(isWanted('dns') ? await measureDns(runs, shown.step, say) : []),
    ...(isWanted('services') ? await measureServices(runs, shown.step, say) : []),
  ];
  if (isWanted('cluster')) return [...(await benchCluster(shown)), ...rows];
  shown.done();
  return rows;
}

async function benchCluster(shown: ReturnType<typeof showProgress>): Promise<Row[]> {
  requireRoot();
  await setup(shown.step);
  const upSeconds: number[] = [];
  const idleMegabytes: number[] = [];
  for (let run = 1; ; run++) {
    shown.step(`up, ${run} of ${runs}`);
    const { cluster, seconds } = await measureUp(name);
    upSeconds.push(seconds);
    if (verbose) say(cluster.said.replace(/^(?=.)/gm, '  '));
    try {
      shown.step(`memory, ${run} of ${runs}`);
      idleMegabytes.push(await idle(cluster));
      if (run < runs) continue;
      const measured = await withPods(cluster, shown.step);
      shown.done();
      return rowsOf({ upSeconds, idleMegabytes, ...measured });
    } finally {
      await cluster.down();
    }
  }
}

async function idle({ name: cluster }: TestCluster): Promise<number> {
  await sleep(settleMs);
  const processes = memoryOf(cluster);
  if (verbose)
    for (const { command, megabytes } of processes)
      say(`  ${megabytes.toFixed(1).padStart(6)} MB  ${command.slice(0, 100)}`);
  return processes.reduce((sum, { megabytes }) => sum + megabytes, 0);
}

async function withPods(cluster: TestCluster, step: (what: string) => void) {
  const { kubeconfig, kubectl } = cluster;
  const client = httpClient(fromKubeconfig(kubeconfig));
  try {
    step(`${dnsChanges} changes of endpoints, until DNS has them`);
    const netns = cluster.nodeNetns(cluster.record().nodes[0]?.name ?? '');
    const dnsMs = await measureChanges(client, netns, clusterDns, dnsChanges);
    step(`one pod, ${singlePods} times`);
    const podMs = await measurePods(client, singlePods);
    step(`${podCount} pods, ${runs} times`);
    return {
      podMs,
      dnsMs: [percentile(dnsMs, 0.99)],
      scaleSeconds: await measureScale(client, kubectl, podCount, runs),
    };
  } finally {
    client.close();
  }
}

type Figures = Record<'upSeconds' | 'scaleSeconds' | 'podMs' | 'dnsMs' | 'idleMegabytes', number[]>;

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
}

/** Peers of `up` and of memory as their projects and comparisons publish them. */
const rowsOf = ({ upSeconds, scaleSeconds, podMs, dnsMs, idleMegabytes }: Figures): Row[] => [
  {
    what: 'up, one node, until Ready and DNS answers from a pod',
    unit: 's',
    values: upSeconds,
    target: 1.5,
    peers: [
      { name: 'k3d', value: 19.9 },
      { name: 'kind', value: 33 },
      { name: 'minikube', value: 50.8 },
    ],
  },
  {
    what: `${podCount} pods, from kubectl scale to all Ready`,
    unit: 's',
    values: scaleSeconds,
    target: 4,
    peers: [
      { name: 'kwok, pretended pods at 20/s', value: 5 },
      { name: "crun's own floor", value: 1.9 },
    ],
  },
  {
    what: 'one pod, from create to Ready',
    unit: 'ms',
    values: podMs,
    target: 150,
    peers: [{ name: "Kubernetes' objective", value: 5_000 }],
  },
  {
    what: `DNS, from the write of an EndpointSlice to the answer, p99 of ${dnsChanges}`,
    unit: 'ms',
    values: dnsMs,
    target: 50,
    peers: [],
  },
  {
    what: 'memory (PSS) of an idle one-node cluster',
    unit: 'MB',
    values: idleMegabytes,
    target: 250,
    peers: [
      { name: 'k0s controller', value: 510 },
      { name: 'k3s', value: 1_400 },
    ],
  },
];

const loadBefore = (loadavg()[0] ?? 0).toFixed(1);
const rows = await bench().catch(fail);
process.stdout.write(`\n${tableOf(rows)}\n`);
process.stdout.write(
  `\nOn ${availableParallelism()} processors; what else they had to do when it began: load ${loadBefore}\n`,
);
process.exit(0);
