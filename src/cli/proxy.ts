/** The proxy alone, beside any kubelet of any cluster: what kube-proxy does. */
import { hostname } from 'node:os';
import { endpointSlices, nodes, services } from '../api/resource.ts';
import { httpClient } from '../client/http.ts';
import { informer } from '../client/informer.ts';
import { fromKubeconfig, inCluster } from '../client/kubeconfig.ts';
import { addressesOf } from '../cluster/addresses.ts';
import { requireRoot } from '../cluster/root.ts';
import { kernelNft } from '../nft/kernel.ts';
import { startProxy } from '../proxy/sync.ts';
import { endSignal } from './signal.ts';

export interface ProxyCommandOptions {
  kubeconfig?: string;
  hostnameOverride?: string;
}

export async function proxyCommand({ kubeconfig, hostnameOverride }: ProxyCommandOptions): Promise<void> {
  requireRoot();
  const signal = endSignal();
  const client = httpClient(kubeconfig ? fromKubeconfig(kubeconfig) : inCluster());
  const nodeName = hostnameOverride ?? hostname();
  await client.get(nodes, nodeName);
  const { podCIDRs: clusterCIDRs, serviceCIDRs } = addressesOf(0);
  const nft = kernelNft();
  const proxy = startProxy({
    services: informer(client, services, { signal }),
    slices: informer(client, endpointSlices, { signal }),
    nft,
    nodeName,
    clusterCIDRs,
    serviceCIDRs,
  });
  await proxy.synced;
  process.stderr.write(`The rules of all Services are in the kernel of ${nodeName}\n`);
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  proxy.stop();
  await nft.close();
  process.exit(0);
}
