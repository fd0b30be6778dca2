/** The proxies that are measured: ours as its command runs it, and kube-proxy. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { componentsEntry } from '../../src/cluster/setup/components.ts';
import { configurationFor, type KubeProxy } from './kubeProxy.ts';

export interface Proxy {
  name: string;
  /** What to start for a node; files may be written into the directory. */
  command(nodeName: string, kubeconfig: string, directory: string): string[];
  /** All that it writes. */
  tables: readonly string[];
}

/** With the small young generation that components have in nodes. */
export const ours: Proxy = {
  name: 'switchboard proxy',
  command: (nodeName, kubeconfig) => [
    ...[process.execPath, '--max-semi-space-size=2', componentsEntry()],
    ...['proxy', '--kubeconfig', kubeconfig, '--hostname-override', nodeName],
  ],
  tables: ['inet switchboard-proxy'],
};

export const upstream = ({ program, version }: KubeProxy): Proxy => ({
  name: `kube-proxy ${version} here`,
  command(nodeName, kubeconfig, directory) {
    const file = join(directory, `kube-proxy-${nodeName}.json`);
    writeFileSync(file, JSON.stringify(configurationFor(kubeconfig, nodeName)));
    return [program, '--config', file];
  },
  tables: ['ip kube-proxy', 'ip6 kube-proxy'],
});
