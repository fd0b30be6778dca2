/** Where things are on the host: what stays (home) and what ends with the machine's uptime (run). */
import { packageRoot } from '../lib/package.ts';

export { packageRoot };

export const home = process.env['SWITCHBOARD_HOME'] ?? '/var/lib/switchboard';
const runHome = process.env['SWITCHBOARD_RUN'] ?? '/run/switchboard';

/** Our own components, bundled; `src/cluster/setup/components.ts` fills it. */
export const componentsDir = `${packageRoot}/.build/components`;
/** What V8 made of our code, so that a process starts faster the second time. */
export const compileCache = `${packageRoot}/.build/cache`;

/** Where a node finds the package, the images and its configuration. */
export const inNode = {
  package: '/opt/switchboard',
  images: '/var/lib/switchboard/images',
  config: '/etc/switchboard',
} as const;

export const imagesDir = `${home}/images`;
export const lockFile = `${home}/lock`;
export const clustersDir = `${home}/clusters`;

export interface ClusterPaths {
  dir: string;
  record: string;
  pki: string;
  /** For people: the administrator's kubeconfig. */
  kubeconfig: string;
  run: string;
  /** Holds the LAN's network namespace open. */
  lanNetns: string;
  /** runit's directory for the relay. */
  relay: string;
}

export function clusterPaths(name: string): ClusterPaths {
  const dir = `${clustersDir}/${name}`;
  const run = `${runHome}/${name}`;
  return {
    dir,
    record: `${dir}/cluster.json`,
    pki: `${dir}/pki`,
    kubeconfig: `${dir}/kubeconfig`,
    run,
    lanNetns: `${run}/lan`,
    relay: `${run}/relay`,
  };
}

export interface NodePaths {
  /** What the node keeps over a restart. */
  dir: string;
  var: string;
  etc: string;
  run: string;
  root: string;
  /** The pid of the node's first process, as the host counts. */
  pidFile: string;
  /** Its network namespace while it starts. */
  netns: string;
  bootLog: string;
}

export function nodePaths(cluster: string, node: string): NodePaths {
  const paths = clusterPaths(cluster);
  const [dir, run] = [`${paths.dir}/nodes/${node}`, `${paths.run}/nodes/${node}`];
  return {
    dir,
    run,
    var: `${dir}/var`,
    etc: `${dir}/etc`,
    root: `${run}/root`,
    pidFile: `${run}/pid`,
    netns: `${run}/netns`,
    bootLog: `${dir}/boot.log`,
  };
}
