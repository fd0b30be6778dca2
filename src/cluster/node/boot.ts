/** Starts a node's machine and stops it: the plug in, the plug out. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, lstatSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createNetns, removeNamespace } from '../../lib/linux/namespaces.ts';
import { ended, identify, type ProcessId, signalProcess } from '../../lib/process.ts';
import { attachNode } from '../../network/lan.ts';
import { withLanPrefix } from '../addresses.ts';
import type { ClusterCertificates } from '../certificates.ts';
import { componentCommand } from '../component.ts';
import { agentConfig, controlPlaneConfig } from '../config.ts';
import { clusterPaths, compileCache, imagesDir, inNode, nodePaths, packageRoot } from '../paths.ts';
import type { ClusterRecord, NodeRecord } from '../record.ts';
import { cgroupsOf, createCgroups, hostHierarchies, removeCgroups } from './cgroups.ts';
import { writeEtc } from './etc.ts';
import { launchScript } from './script.ts';

const bootTimeoutMs = 10_000;

/** Makes the node's machine and returns its record, with the process that is its PID 1. */
export async function bootNode(
  cluster: ClusterRecord,
  node: NodeRecord,
  certs: ClusterCertificates,
): Promise<NodeRecord> {
  // Something of it may be there from an `up` that was cut off.
  await haltNode(cluster.name, node);
  const paths = nodePaths(cluster.name, node.name);
  for (const directory of [paths.var, paths.etc, paths.run, paths.root])
    mkdirSync(directory, { recursive: true });
  writeEtc({
    directory: paths.etc,
    hostname: node.name,
    addresses: node.addresses,
    newMachineId: () => randomUUID().replaceAll('-', ''),
    config: {
      'agent.json': JSON.stringify(agentConfig(cluster, node, certs)),
      ...(node.controlPlane && {
        'controlplane.json': JSON.stringify(controlPlaneConfig(cluster, node, certs)),
      }),
    },
    services: {
      agent: component('agent'),
      ...(node.controlPlane && { controlplane: component('controlplane') }),
    },
  });
  mkdirSync(imagesDir, { recursive: true });
  mkdirSync(compileCache, { recursive: true });
  const hierarchies = hostHierarchies();
  const cgroups = createCgroups(hierarchies, cluster.name, node.name);
  try {
    createNetns(paths.netns);
    attachNode({
      lanNetns: clusterPaths(cluster.name).lanNetns,
      nodeNetns: paths.netns,
      nodeName: node.name,
      addresses: node.addresses.map(withLanPrefix),
    });
    const script = launchScript({
      hostname: node.name,
      launcherPid: process.pid,
      paths,
      hierarchies,
      cgroups,
      ...systemTree(),
      shared: [
        { source: packageRoot, target: inNode.package, writable: false },
        { source: compileCache, target: compileCache.replace(packageRoot, inNode.package), writable: true },
        { source: imagesDir, target: imagesDir, writable: true },
        ...['/etc/ssl', '/etc/alternatives', '/etc/ca-certificates']
          .filter(existsSync)
          .map((directory) => ({ source: directory, target: directory, writable: false })),
      ],
    });
    const first = await launch(script, paths.pidFile, paths.bootLog);
    return { ...node, process: first };
  } catch (err) {
    await removeCgroups(cgroups);
    throw err;
  } finally {
    // From here on the network lives as long as the node's processes do.
    removeNamespace(paths.netns);
  }
}

/** What every node sees of the host's programs, read only. */
function systemTree() {
  const there = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'].filter(existsSync);
  const isLink = (path: string) => lstatSync(path).isSymbolicLink();
  return { systemDirectories: there.filter((path) => !isLink(path)), systemLinks: there.filter(isLink) };
}

/** One component of ours as runit runs it inside a node. */
function component(name: string): string {
  const inside = (path: string) => path.replace(packageRoot, inNode.package);
  return componentCommand(name, `${inNode.config}/${name}.json`, inside);
}

async function launch(script: string, pidFile: string, logFile: string): Promise<ProcessId> {
  const log = openSync(logFile, 'a');
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  const until = Date.now() + bootTimeoutMs;
  while (!existsSync(pidFile)) {
    if (child.exitCode !== null || Date.now() > until) {
      throw new Error(`Cannot boot the node: ${readFileSync(logFile, 'utf8').trim().split('\n').at(-1)}`);
    }
    await sleep(2);
  }
  const id = identify(Number(readFileSync(pidFile, 'utf8')));
  if (!id) throw new Error(`Cannot boot the node: its first process ended at once; see ${logFile}`);
  return id;
}

/** Pulls the plug: everything on the node is gone at once. What it wrote to its disk stays. */
export async function haltNode(cluster: string, node: NodeRecord): Promise<NodeRecord> {
  const { process: recorded, ...rest } = node;
  const paths = nodePaths(cluster, node.name);
  const first = recorded ?? unrecorded(paths.pidFile);
  if (first) {
    signalProcess(first, 'SIGKILL');
    if (!(await ended(first, 10_000)))
      throw new Error(`Cannot stop node ${node.name}: process ${first.pid} does not end`);
  }
  removeNamespace(paths.netns);
  rmSync(paths.run, { recursive: true, force: true });
  await removeCgroups(cgroupsOf(hostHierarchies(), cluster, node.name));
  return rest;
}

/** The first process of a node whose `up` was cut off before it could write it down. */
function unrecorded(pidFile: string): ProcessId | undefined {
  return existsSync(pidFile) ? identify(Number(readFileSync(pidFile, 'utf8'))) : undefined;
}
