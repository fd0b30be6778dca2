/** A cluster of a test's own, made and taken down by the real command line. */
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostAddressOf } from '../../src/cluster/addresses.ts';
import { clusterPaths, packageRoot } from '../../src/cluster/paths.ts';
import { type ClusterRecord, existingNode, existingRecord } from '../../src/cluster/record.ts';
import { type ExecResult, execute, run } from '../../src/lib/exec.ts';
import { type Kubectl, kubectlWith } from './kubectl.ts';

const program = join(packageRoot, 'bin/switchboard');
const upTimeoutMs = 120_000;
const downTimeoutMs = 60_000;

/** Whatever comes of it. */
export const switchboard = (...args: string[]): Promise<ExecResult> =>
  execute(program, args, { timeoutMs: upTimeoutMs });

export interface ClusterOptions {
  /** Begins with `e2e-` or `bench`, so that nobody takes it for a person's. */
  name: string;
  nodes?: number;
  /** More of `up`'s own. */
  options?: readonly string[];
}

export interface TestCluster {
  name: string;
  /** What `up` said while it worked. */
  said: string;
  kubeconfig: string;
  kubectl: Kubectl;
  /** `127.0.0.1` for the first cluster of a machine. */
  hostAddress: string;
  /** What `switchboard lan` runs in. */
  lanNetns: string;
  /** As it is on disk now. */
  record(): ClusterRecord;
  /** Its first process, as the host counts. */
  nodePid(node: string): number;
  /** The network namespace of a node. */
  nodeNetns(node: string): string;
  inNode(node: string, ...command: string[]): Promise<string>;
  onLan(...command: string[]): Promise<string>;
  /** `switchboard ARGS --name NAME`; rejects with what it said. */
  switchboard(...args: string[]): Promise<string>;
  down(): Promise<void>;
}

/** Resolves when its nodes are Ready and its DNS answers. It is gone when this process is, whatever ends it. */
export async function startCluster({
  name,
  nodes = 1,
  options: more = [],
}: ClusterOptions): Promise<TestCluster> {
  const directory = mkdtempSync(join(tmpdir(), 'switchboard-e2e-'));
  const kubeconfig = join(directory, 'kubeconfig');
  const forget = atExit(() => spawnSync(program, ['down', '--name', name], { timeout: downTimeoutMs }));
  const takeDown = async () => {
    await run(program, ['down', '--name', name], { timeoutMs: downTimeoutMs });
    rmSync(directory, { recursive: true, force: true });
    forget();
  };
  const options = [
    '--hermetic',
    '--name',
    name,
    '--nodes',
    String(nodes),
    '--kubeconfig',
    kubeconfig,
    ...more,
  ];
  const { code, stderr: said } = await switchboard('up', ...options);
  if (code !== 0) {
    const told = whatNodesSay(name);
    await takeDown();
    throw new Error(`Cannot bring ${name} up: ${said}\n${told}`);
  }
  return { ...clusterNamed(name, kubeconfig), said, down: takeDown };
}

/** Handles of a cluster that is up. */
function clusterNamed(name: string, kubeconfig: string): Omit<TestCluster, 'down' | 'said'> {
  const record = () => existingRecord(name);
  const { lanNetns } = clusterPaths(name);
  const nodePid = (node: string) => {
    const pid = existingNode(record(), node).process?.pid;
    if (pid === undefined) throw new Error(`Cannot enter ${node}: it is stopped`);
    return pid;
  };
  const enter = (args: string[]) => run('nsenter', args, { timeoutMs: 60_000 });
  return {
    name,
    kubeconfig,
    kubectl: kubectlWith(kubeconfig),
    hostAddress: hostAddressOf(record().index),
    lanNetns,
    record,
    nodePid,
    nodeNetns: (node) => `/proc/${nodePid(node)}/ns/net`,
    inNode: (node, ...command) => enter(['--target', String(nodePid(node)), '--all', '--', ...command]),
    onLan: (...command) => enter([`--net=${lanNetns}`, '--', ...command]),
    switchboard: (...args) => run(program, [...args, '--name', name], { timeoutMs: upTimeoutMs }),
  };
}

/** The last lines of what runs on the nodes of a cluster that did not come up. */
function whatNodesSay(name: string): string {
  return globSync(`${clusterPaths(name).dir}/nodes/*/var/log/switchboard/*/current`)
    .map((file) => `${file}:\n${readFileSync(file, 'utf8').split('\n').slice(-15).join('\n')}`)
    .join('\n');
}

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs when this process ends before the returned function was called. */
function atExit(clean: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals) => process.exit(signal === 'SIGINT' ? 130 : 143);
  process.once('exit', clean);
  for (const signal of endings) process.on(signal, onSignal);
  return () => {
    process.off('exit', clean);
    for (const signal of endings) process.off(signal, onSignal);
  };
}
