/**
 * A control plane in this process, over a store in memory, with nodes whose kubelets only pretend: a pod
 * that is bound to one is running and ready a moment later, and one that is to end is gone.
 */
import { isConflict, isNotFound } from '../../src/api/errors.ts';
import { kinds } from '../../src/api/kinds.ts';
import { kindRegistry } from '../../src/api/registry.ts';
import {
  ipAddresses,
  leases,
  namespaces,
  nodes,
  pods,
  type Resource,
  serviceAccounts,
  serviceCIDRs,
  services,
  storageClasses,
} from '../../src/api/resource.ts';
import type { KubeObject, Pod } from '../../src/api/types.ts';
import { admissionPlugins } from '../../src/apiserver/admission/index.ts';
import { storedObjects } from '../../src/apiserver/admission/stored.ts';
import { clusterAuthorizer } from '../../src/apiserver/authz/index.ts';
import { followCustomResources } from '../../src/apiserver/customresources/follow.ts';
import { createHandler, type Handler, localClient } from '../../src/apiserver/index.ts';
import type { Client } from '../../src/client/contract.ts';
import { keyOf } from '../../src/client/contract.ts';
import { workQueue } from '../../src/client/queue.ts';
import { type Informers, sharedInformers } from '../../src/client/shared.ts';
import { type ControllerConfig, defaults } from '../../src/controllers/config.ts';
import { startControllers } from '../../src/controllers/index.ts';
import { type Clock, rfc3339, rfc3339Micro, systemClock } from '../../src/lib/clock.ts';
import { startScheduler } from '../../src/scheduler/index.ts';
import { openMemory, type Store } from '../../src/store/index.ts';

export const config: ControllerConfig = {
  ...defaults,
  identity: 'node-1',
  apiServer: { addresses: ['172.30.0.2'], port: 6443, serviceIPs: ['10.96.0.1'] },
  caCertificate: '-----BEGIN CERTIFICATE-----\n',
};

export class ControlPlane implements AsyncDisposable {
  readonly store: Store;
  readonly client: Client;
  readonly informers: Informers;
  readonly #abort = new AbortController();
  readonly #running: Promise<void>[] = [];
  readonly #silent = new Set<string>();
  readonly #beats = new Map<string, NodeJS.Timeout>();
  #cut = false;

  constructor(options: { config?: Partial<ControllerConfig>; store?: Store; clock?: Clock } = {}) {
    const { clock = systemClock } = options;
    this.store = options.store ?? openMemory();
    const { signal } = this.#abort;
    const served = apiServer(this.store, clock, () => this.#cut, signal);
    this.client = served.client;
    this.#running.push(served.ended);
    const { client } = this;
    this.informers = sharedInformers(client, { clock: systemClock, signal });
    const shared = { client, informers: this.informers, clock, signal };
    this.#running.push(startControllers({ ...shared, config: { ...config, ...options.config } }));
    this.#running.push(startScheduler({ ...shared, identity: config.identity }));
    this.#kubelets(signal);
  }

  async addNode(name: string, more: { cpu?: string; labels?: Record<string, string> } = {}): Promise<void> {
    const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is ready' };
    await this.client.create(nodes, {
      metadata: { name, labels: { 'kubernetes.io/hostname': name, ...more.labels } },
      status: {
        conditions: [{ ...ready, lastHeartbeatTime: rfc3339(Date.now()) }],
        allocatable: { cpu: more.cpu ?? '8', memory: '16Gi', pods: '250' },
      },
    });
    await this.heartbeat(name);
  }

  async heartbeat(name: string): Promise<void> {
    const spec = { holderIdentity: name, renewTime: rfc3339Micro(Date.now()), leaseDurationSeconds: 40 };
    const target = { name, namespace: 'kube-node-lease' };
    try {
      await this.client.patch(leases, target, { spec }, { type: 'merge' });
    } catch (err) {
      if (!isNotFound(err)) throw err;
      await this.client.create(leases, { metadata: target, spec });
    }
  }

  /** Renews the node's Lease from now on, many times a second. */
  beat(name: string): void {
    this.#beats.set(
      name,
      setInterval(() => void this.heartbeat(name).catch(() => {}), 50),
    );
  }

  /** From now on nothing is heard of the node, and its pods stay as they are. */
  silence(name: string): void {
    this.#silent.add(name);
    clearInterval(this.#beats.get(name));
  }

  async create(...objects: unknown[]): Promise<void> {
    for (const object of objects as KubeObject[]) await this.client.create(resourceOf(object), object);
  }

  /** Ends without a word, as a process that is killed; its store stays. */
  abandon(): void {
    this.#cut = true;
    this.#abort.abort();
  }

  #kubelets(signal: AbortSignal): void {
    const informer = this.informers.of(pods);
    let address = 0;
    const queue = workQueue({
      name: 'kubelets',
      concurrency: 8,
      signal,
      process: async (key) => {
        const pod = informer.get(key);
        if (!pod?.spec?.nodeName || this.#silent.has(pod.spec.nodeName)) return;
        const { name, namespace = '' } = pod.metadata;
        try {
          if (pod.metadata.deletionTimestamp)
            await this.client.delete(pods, { name, namespace }, { gracePeriodSeconds: 0 });
          else if (pod.status?.phase === 'Pending')
            await this.client.update(
              pods,
              running(pod, `10.244.${address >> 8}.${address++ & 255}`),
              'status',
            );
        } catch (err) {
          if (!isNotFound(err) && !isConflict(err)) throw err;
        }
      },
    });
    informer.onChange((now) => now && queue.add(keyOf(now)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#beats.values()) clearInterval(timer);
    this.#abort.abort();
    await Promise.all(this.#running);
    await this.store.close();
  }
}

function resourceOf({ kind }: KubeObject): Resource {
  const found = kinds.find((k) => k.resource.kind === kind);
  if (!found) throw new Error(`Cannot create a ${kind}: no such kind`);
  return found.resource;
}

function apiServer(
  store: Store,
  clock: Clock,
  isCut: () => boolean,
  signal: AbortSignal,
): { client: Client; ended: Promise<void> } {
  const read = async <T>(get: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await get();
    } catch (err) {
      if (isNotFound(err)) return undefined;
      throw err;
    }
  };
  const authorizer = clusterAuthorizer();
  const admission = admissionPlugins({
    namespace: (name) => read(() => client.get(namespaces, name)),
    serviceAccount: (namespace, name) => read(() => client.get(serviceAccounts, name, namespace)),
    ...storedObjects(store),
    services: async () => (await client.list(services)).items,
    ipAddresses: async () => (await client.list(ipAddresses)).items,
    serviceRanges: async () => (await client.list(serviceCIDRs)).items,
    storageClasses: async () => (await client.list(storageClasses)).items,
    serviceCIDRs: ['10.96.0.0/12', 'fd96::/112'],
    nodePorts: { first: 30_000, last: 32_767 },
    random: Math.random,
    clock,
    authorizer,
  });
  const registry = kindRegistry(kinds);
  const handler = createHandler({ store, kinds: registry, authorizer, clock, admission });
  const reachable: Handler = (request) => (isCut() ? Promise.reject(new Error('cut off')) : handler(request));
  const client = localClient(reachable, { name: 'system:admin', groups: ['system:masters'] });
  const askWebhook = () => Promise.reject(new Error('there is no webhook'));
  const { ended } = followCustomResources({ store, kinds: registry, client, clock, askWebhook, signal });
  return { client, ended };
}

function running(pod: Pod, ip: string): Pod {
  const now = rfc3339(Date.now());
  const conditions = (pod.status?.conditions ?? []).filter((c) => c.type !== 'Ready');
  const containerStatuses = (pod.spec?.containers ?? []).map(({ name, image = '' }) => ({
    name,
    image,
    imageID: '',
    ready: true,
    restartCount: 0,
  }));
  return {
    ...pod,
    status: {
      ...pod.status,
      phase: 'Running',
      podIP: ip,
      podIPs: [{ ip }],
      containerStatuses,
      conditions: [...conditions, { type: 'Ready', status: 'True', lastTransitionTime: now }],
    },
  };
}
