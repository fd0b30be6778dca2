/** The upstream kube-proxy, where this machine has it. */
import { execute } from '../../src/lib/exec.ts';
import { clusterCIDRs } from '../../test/support/world.ts';

export interface KubeProxy {
  program: string;
  /** `v1.36.0` */
  version: string;
}

/** Named by `KUBE_PROXY=`, or on the PATH. */
export async function findKubeProxy(env = process.env): Promise<KubeProxy | undefined> {
  const program = env['KUBE_PROXY'] ?? 'kube-proxy';
  const said = await execute(program, ['--version'], { timeoutMs: 10_000 }).catch(() => undefined);
  return said?.code === 0 ? { program, version: versionIn(said.stdout) } : undefined;
}

/** `Kubernetes v1.36.0` */
export const versionIn = (said: string): string => /\bv\d\S*/.exec(said)?.[0] ?? 'of unknown version';

/**
 * https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/. It may write as soon as something
 * changed: by default it waits up to a second, for which it has reasons, and which would be all that is seen.
 */
export const configurationFor = (kubeconfig: string, nodeName: string) => ({
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  mode: 'nftables',
  clientConnection: { kubeconfig },
  hostnameOverride: nodeName,
  clusterCIDR: clusterCIDRs.join(','),
  detectLocalMode: 'ClusterCIDR',
  nftables: { minSyncPeriod: '0s', syncPeriod: '30s' },
  // The host's limits stay as they are.
  conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  healthzBindAddress: '127.0.0.1:10256',
  metricsBindAddress: '127.0.0.1:10249',
});
