/** The proxy alone, beside any kubelet of any cluster: what kube-proxy does. */
import { hostname } from 'node:os';
import { endpointSlices, nodes, serviceCIDRs as serviceCIDRResource, services } from '../api/resource.ts';
import type { Client } from '../client/contract.ts';
import { eventRecorder } from '../client/events.ts';
import { httpClient } from '../client/http.ts';
import { informer } from '../client/informer.ts';
import { fromKubeconfig, inCluster } from '../client/kubeconfig.ts';
import { ClientMetrics } from '../client/metrics.ts';
import { requireRoot } from '../cluster/root.ts';
import { systemClock as clock } from '../lib/clock.ts';
import { outermost } from '../lib/ip.ts';
import { logger } from '../lib/log.ts';
import type { Nft } from '../nft/contract.ts';
import { kernelNft } from '../nft/kernel.ts';
import { ownNode, patiently, primaryAddresses, rangesOfServices } from '../proxy/alone.ts';
import { cleanUpKernel, prepareKernel } from '../proxy/kernel.ts';
import { serveProxy } from '../proxy/serve.ts';
import { followServiceRanges } from '../proxy/serviceRanges.ts';
import type { Proxy } from '../proxy/sync.ts';
import type { Ranges } from '../proxy/table.ts';
import { fail } from './fail.ts';
import { type ProxyCommandOptions, type ProxySettings, proxySettings } from './proxyOptions.ts';
import { endSignal } from './signal.ts';

const log = logger('proxy');

/** Runs until it is asked to end; the rules stay. */
export async function proxyCommand(options: ProxyCommandOptions): Promise<void> {
  requireRoot();
  const settings = proxySettings(options, hostname());
  const nft = kernelNft();
  if (options.cleanup) await cleanUpKernel(nft);
  else await serve(settings, options.kubeconfig, nft, endSignal());
  await nft.close();
  process.exit(0);
}

async function serve(
  settings: ProxySettings,
  kubeconfig: string | undefined,
  nft: Nft,
  signal: AbortSignal,
): Promise<void> {
  const endpoint = kubeconfig ? fromKubeconfig(kubeconfig) : inCluster();
  const clientMetrics = new ClientMetrics(clock);
  const client = httpClient({ ...endpoint, userAgent: 'kube-proxy' }, clientMetrics);
  const ranges = await rangesOfCluster(client, settings, signal);
  if (!ranges) return;
  const proxy = start({ client, clientMetrics, nft, signal }, settings, ranges);
  const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  await Promise.race([proxy.synced, ended]);
  if (signal.aborted) return;
  // The table is there first: it keeps out what route_localnet would let in.
  const warning = prepareKernel(ranges.serviceCIDRs);
  if (warning) log.warn(warning);
  log.info({ nodeName: settings.nodeName, ...ranges }, 'the rules of all Services are in the kernel');
  await ended;
}

interface Around {
  client: Client;
  clientMetrics: ClientMetrics;
  nft: Nft;
  signal: AbortSignal;
}

function start(
  { client, ...around }: Around,
  { nodeName, healthz, metrics, ...settings }: ProxySettings,
  { areFollowed, ...ranges }: FoundRanges,
): Proxy {
  const known = { signal: around.signal, clock };
  const own = informer(client, nodes, { ...known, fieldSelector: `metadata.name=${nodeName}` });
  const proxy = serveProxy({
    ...{ healthz, metrics, nodeName, clock, ...around, ...ranges },
    events: eventRecorder(client, 'kube-proxy', nodeName, clock),
    services: informer(client, services, known),
    slices: informer(client, endpointSlices, known),
    nodes: own,
  });
  if (areFollowed)
    followServiceRanges(informer(client, serviceCIDRResource, known), settings.serviceCIDRs, (now) =>
      proxy.setServiceCIDRs(now),
    );
  // As kube-proxy does it; whoever starts it starts it again.
  own.onChange((node) => {
    const now = node?.spec?.podCIDRs?.join(', ') ?? '';
    if (settings.clusterCIDRs || now === '' || now === ranges.clusterCIDRs.join(', ')) return;
    fail(new Error(`Cannot go on: the Node ${nodeName} has other podCIDRs now, ${now}`));
  });
  return proxy;
}

interface FoundRanges extends Ranges {
  /** The API tells when those of Services change. */
  areFollowed: boolean;
}

/** Undefined when it is asked to end before it knows. */
async function rangesOfCluster(
  client: Client,
  settings: ProxySettings,
  signal: AbortSignal,
): Promise<FoundRanges | undefined> {
  const { nodeName, masqueradeAll } = settings;
  const patience = { clock, signal, tell: (reason: string) => log.warn(`waiting: ${reason}`) };
  const node = await patiently(() => ownNode(client, nodeName, !settings.clusterCIDRs), patience);
  const known = await patiently(() => rangesOfServices(client), patience);
  if (!node || signal.aborted) return undefined;
  const serviceCIDRs = outermost([...settings.serviceCIDRs, ...(known ?? [])]);
  if (serviceCIDRs.length === 0)
    throw new Error(
      'Cannot tell which addresses Services have: the API has no ServiceCIDRs, or not for us; give --service-cidr',
    );
  const nodePortAddresses =
    settings.nodePortAddresses === 'primary' ? primaryAddresses(node) : settings.nodePortAddresses;
  return {
    serviceCIDRs,
    clusterCIDRs: settings.clusterCIDRs ?? node.spec?.podCIDRs ?? [],
    ...(nodePortAddresses && { nodePortAddresses }),
    masqueradeAll,
    areFollowed: known !== undefined,
  };
}
