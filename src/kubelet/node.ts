/** This node in the API: what it is, what it has, and that it is alive. */
import { isNotFound } from '../api/errors.ts';
import { leases, nodes } from '../api/resource.ts';
import type { Node } from '../api/types.ts';
import type { Client } from '../client/contract.ts';
import { type Clock, rfc3339, rfc3339Micro } from '../lib/clock.ts';
import { logger } from '../lib/log.ts';

const log = logger('kubelet');

export interface NodeFacts {
  name: string;
  /** The primary family's first. */
  addresses: readonly string[];
  /** Beside those that every node has: `node-role.kubernetes.io/control-plane`. */
  labels: Record<string, string>;
  /** `cpu`, `memory`, `pods`, `ephemeral-storage`. */
  capacity: Record<string, string>;
  architecture: 'amd64' | 'arm64';
  kernelVersion: string;
  osImage: string;
  machineID: string;
  bootID: string;
  /** Of crun: `1.8.1`. */
  runtimeVersion: string;
  kubeletVersion: string;
  kubeletPort: number;
}

/** Why the node is not ready, or nothing when it is. */
export type Readiness = () => string | undefined;

const leaseSeconds = 40;
const heartbeatMs = 10_000;
const statusMs = 300_000;
const firstRetryMs = 50;
const longestRetryMs = 2_000;
/** A network that comes up is told soon; one that is up is asked about rarely. */
const notReadyMs = 50;

type Condition = NonNullable<NonNullable<Node['status']>['conditions']>[number];

export function nodeLabels({ name, labels, architecture }: NodeFacts): Record<string, string> {
  return {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': architecture,
    'beta.kubernetes.io/os': 'linux',
    'beta.kubernetes.io/arch': architecture,
    ...labels,
  };
}

/** `before` is what was told last: a condition keeps its time while its status stays. */
export function nodeStatus(
  facts: NodeFacts,
  notReady: string | undefined,
  nowMs: number,
  before: Node['status'],
): NonNullable<Node['status']> {
  const now = rfc3339(nowMs);
  const condition = (type: string, status: 'True' | 'False', reason: string, message: string): Condition => {
    const known = before?.conditions?.find((c) => c.type === type);
    const since = known?.status === status ? known.lastTransitionTime : undefined;
    return { type, status, lastHeartbeatTime: now, lastTransitionTime: since ?? now, reason, message };
  };
  const fine = (type: string, reason: string, message: string) => condition(type, 'False', reason, message);
  return {
    addresses: [
      ...facts.addresses.map((address) => ({ type: 'InternalIP', address })),
      { type: 'Hostname', address: facts.name },
    ],
    capacity: facts.capacity,
    allocatable: facts.capacity,
    conditions: [
      fine('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
      fine('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
      fine('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
      notReady === undefined
        ? condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status')
        : condition('Ready', 'False', 'KubeletNotReady', notReady),
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: facts.kubeletPort } },
    nodeInfo: {
      architecture: facts.architecture,
      bootID: facts.bootID,
      containerRuntimeVersion: `crun://${facts.runtimeVersion}`,
      kernelVersion: facts.kernelVersion,
      kubeProxyVersion: '',
      kubeletVersion: facts.kubeletVersion,
      machineID: facts.machineID,
      operatingSystem: 'linux',
      osImage: facts.osImage,
      systemUUID: facts.machineID,
    },
  };
}

export interface NodeOptions {
  client: Client;
  facts: NodeFacts;
  notReady: Readiness;
  clock: Clock;
  signal: AbortSignal;
}

/** Registers the node and keeps it alive until the signal. Resolves when it has been told for the first time. */
export async function keepNode(options: NodeOptions): Promise<void> {
  const { clock, signal } = options;
  const keeper = new NodeKeeper(options);
  await stubbornly(() => keeper.register(), clock, signal);
  await stubbornly(() => keeper.tellStatus(), clock, signal);
  void repeat(
    () => keeper.renewLease(),
    () => heartbeatMs,
    clock,
    signal,
  );
  void repeat(
    () => keeper.tellStatusIfDue(),
    () => (keeper.isReady ? heartbeatMs : notReadyMs),
    clock,
    signal,
  );
}

class NodeKeeper {
  readonly #options: NodeOptions;
  #status: Node['status'];
  #uid = '';
  #told: { notReady: string | undefined; atMs: number } | undefined;

  constructor(options: NodeOptions) {
    this.#options = options;
  }

  get isReady(): boolean {
    return this.#told !== undefined && this.#told.notReady === undefined;
  }

  async register(): Promise<void> {
    const { client, facts } = this.#options;
    const labels = nodeLabels(facts);
    const known = await this.#find();
    const missing = known && Object.entries(labels).some(([k, v]) => known.metadata.labels?.[k] !== v);
    if (missing) await client.patch(nodes, { name: facts.name }, { metadata: { labels } });
    const node = known ?? (await client.create(nodes, { metadata: { name: facts.name, labels }, spec: {} }));
    this.#status = node.status;
    this.#uid = node.metadata.uid ?? '';
  }

  async #find(): Promise<Node | undefined> {
    const { client, facts } = this.#options;
    try {
      return await client.get(nodes, facts.name);
    } catch (err) {
      if (isNotFound(err)) return undefined;
      throw err;
    }
  }

  async tellStatusIfDue(): Promise<void> {
    const { clock, notReady } = this.#options;
    const changed = this.#told?.notReady !== notReady();
    if (changed || clock.now() - (this.#told?.atMs ?? 0) >= statusMs) await this.tellStatus();
  }

  async tellStatus(): Promise<void> {
    const { client, facts, clock, notReady } = this.#options;
    const why = notReady();
    const status = nodeStatus(facts, why, clock.now(), this.#status);
    // By the merge key of addresses, their type, two addresses of one type would become one.
    const addresses = [{ $patch: 'replace' }, ...(status.addresses ?? [])];
    const options = { type: 'strategic', subresource: 'status' } as const;
    try {
      const patch = { status: { ...status, addresses } };
      const node = await client.patch(nodes, { name: facts.name }, patch, options);
      this.#status = node.status;
      this.#told = { notReady: why, atMs: clock.now() };
    } catch (err) {
      // Somebody deleted the node: it lives, so it registers again.
      if (isNotFound(err)) await this.register();
      throw err;
    }
  }

  /** https://kubernetes.io/docs/reference/node/node-status/#heartbeats */
  async renewLease(): Promise<void> {
    const { client, facts, clock } = this.#options;
    const renewTime = rfc3339Micro(clock.now());
    const target = { name: facts.name, namespace: 'kube-node-lease' };
    const spec = { holderIdentity: facts.name, leaseDurationSeconds: leaseSeconds, renewTime };
    try {
      await client.patch(leases, target, { spec });
    } catch (err) {
      if (!isNotFound(err)) throw err;
      const owner = { apiVersion: 'v1', kind: 'Node', name: facts.name, uid: this.#uid };
      await client.create(leases, { metadata: { ...target, ownerReferences: [owner] }, spec });
    }
  }
}

async function stubbornly(work: () => Promise<void>, clock: Clock, signal: AbortSignal): Promise<void> {
  for (let delayMs = firstRetryMs; !signal.aborted; delayMs = Math.min(delayMs * 2, longestRetryMs)) {
    try {
      return await work();
    } catch (err) {
      log.debug({ err: String(err) }, 'the node could not be told of, will try again');
      await clock.sleep(delayMs, signal);
    }
  }
}

async function repeat(
  work: () => Promise<void>,
  everyMs: () => number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await stubbornly(work, clock, signal);
    await clock.sleep(everyMs(), signal);
  }
}
