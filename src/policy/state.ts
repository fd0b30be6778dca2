/**
 * Policies, pods and namespaces as they are, and the kernel's table that follows from them: told what changed, it
 * says which elements and chains change. A pod that comes costs the elements that it has a part in.
 */
import type { Namespace, NetworkPolicy, Pod } from '../api/types.ts';
import { Chains } from './chains.ts';
import { Contents } from './contents.ts';
import { type Direction, type Policy, permissionsFor, policyOf } from './evaluate.ts';
import { PeerSets } from './peerSets.ts';
import { type PodEntry, podEntry } from './pods.ts';
import { chainOf, type PolicyChain } from './rules.ts';
import { freshTable, loops, receivers, senders } from './table.ts';

/** Of pods' links: how their ends on the node are named. */
export interface LinkNames {
  prefix: string;
  of(podUid: string): string;
}

/** What stands in the kernel for a pod of this node. */
interface Placed {
  uid: string;
  link: string;
  isIsolated: boolean;
  ingress: PolicyChain | undefined;
  egress: PolicyChain | undefined;
}

export interface PolicyStateOptions {
  nodeName: string;
  links: LinkNames;
}

export class PolicyState {
  readonly #options: PolicyStateOptions;
  readonly #policies = new Map<string, Map<string, Policy>>();
  readonly #pods = new Map<string, PodEntry>();
  readonly #labels = new Map<string, Record<string, string>>();
  readonly #placed = new Map<string, Placed>();
  readonly #sets = new PeerSets((namespace) => this.#labels.get(namespace));
  readonly #chains = new Chains(this.#sets);
  readonly #maps = { ingress: new Contents(receivers), egress: new Contents(senders) };
  readonly #loops = new Contents(loops);
  /** Pods of this node whose policies are to be looked up again, by key. */
  readonly #unsettled = new Set<string>();

  constructor(options: PolicyStateOptions) {
    this.#options = options;
  }

  putPolicy(namespace: string, name: string, policy: NetworkPolicy | undefined): void {
    const known = this.#policies.get(namespace) ?? new Map<string, Policy>();
    if (policy) known.set(name, policyOf(policy));
    else known.delete(name);
    if (known.size > 0) this.#policies.set(namespace, known);
    else this.#policies.delete(namespace);
    for (const [key, pod] of this.#pods) if (pod.namespace === namespace) this.#unsettled.add(key);
  }

  putNamespace(name: string, namespace: Namespace | undefined): void {
    const labels = namespace?.metadata.labels ?? {};
    const before = this.#labels.get(name);
    if (namespace && before && JSON.stringify(before) === JSON.stringify(labels)) return;
    if (namespace) this.#labels.set(name, labels);
    else this.#labels.delete(name);
    for (const [key, pod] of this.#pods) if (pod.namespace === name) this.#sets.follow(key, pod);
  }

  /** `addresses` when they are known sooner than the API tells them. */
  putPod(key: string, pod: Pod | undefined, addresses?: readonly string[]): void {
    const [before, after] = [this.#pods.get(key), pod && podEntry(pod, addresses)];
    if (before && after && JSON.stringify(before) === JSON.stringify(after)) return;
    if (after) this.#pods.set(key, after);
    else this.#pods.delete(key);
    this.#sets.follow(key, after);
    this.#unsettled.add(key);
  }

  /** Whether the table, with all that was committed, has an opinion about this pod. */
  hasPlaced(key: string, uid: string): boolean {
    return this.#placed.get(key)?.uid === uid;
  }

  /** What is to be done in the kernel since this was last asked; empty for nothing. */
  commit(): string {
    for (const key of this.#unsettled) this.#settle(key);
    this.#unsettled.clear();
    const sets = this.#sets.changes();
    const changes = [this.#maps.ingress, this.#maps.egress, this.#loops].map((contents) =>
      contents.changes(),
    );
    const chains = this.#chains.changes();
    return [
      ...sets.made,
      ...chains.made,
      ...sets.deletions,
      ...changes.flatMap(({ deletions }) => deletions),
      ...sets.additions,
      ...changes.flatMap(({ additions }) => additions),
      ...chains.unmade,
      ...sets.unmade,
    ].join('\n');
  }

  /** The whole table as it should be after the last commit, whatever stands in the kernel. */
  everything(): string {
    return [
      ...freshTable(this.#options.links.prefix),
      ...this.#sets.all(),
      ...this.#chains.all(),
      ...this.#maps.ingress.all(),
      ...this.#maps.egress.all(),
      ...this.#loops.all(),
    ].join('\n');
  }

  #settle(key: string): void {
    const pod = this.#pods.get(key);
    const before = this.#placed.get(key);
    const after = pod && pod.node === this.#options.nodeName ? this.#placeOf(pod) : undefined;
    // What is new is counted first, so that nothing shared goes and comes back.
    if (after) {
      for (const chain of chainsOf(after)) this.#chains.use(chain, this.#pods);
      this.#placed.set(key, after);
    } else {
      this.#placed.delete(key);
    }
    if (before) {
      this.#unplace(before);
      for (const chain of chainsOf(before)) this.#chains.release(chain);
    }
    if (after) this.#place(after);
  }

  #placeOf(pod: PodEntry): Placed {
    const policies = this.#policies.get(pod.namespace);
    const chainFor = (direction: Direction) => {
      const permissions = policies && permissionsFor(pod, direction, policies.values());
      return permissions && chainOf(direction, permissions);
    };
    const [ingress, egress] = [chainFor('ingress'), chainFor('egress')];
    const isIsolated = ingress !== undefined || egress !== undefined;
    return { uid: pod.uid, link: this.#options.links.of(pod.uid), isIsolated, ingress, egress };
  }

  #place({ link, isIsolated, ingress, egress }: Placed): void {
    this.#maps.ingress.hold(link, ingress ? `goto ${ingress.name}` : 'return');
    this.#maps.egress.hold(link, egress ? `goto ${egress.name}` : 'return');
    if (isIsolated) this.#loops.hold(`${link} . ${link}`);
  }

  #unplace({ link, isIsolated }: Placed): void {
    this.#maps.ingress.release(link);
    this.#maps.egress.release(link);
    if (isIsolated) this.#loops.release(`${link} . ${link}`);
  }
}

const chainsOf = ({ ingress, egress }: Placed): PolicyChain[] =>
  [ingress, egress].filter((chain) => chain !== undefined);
