/**
 * The cluster as it was last seen, no more of it than answers need: a hundred thousand endpoints are kept in a few
 * megabytes. Pure: what is heard goes in, look-ups come out.
 */
import type { Lasting } from '../../wire/message.ts';
import type { KeptPod, KeptService, KeptSlice } from './keep.ts';

/** A Service with its slices, whichever of them is there. */
interface Node {
  service?: KeptService;
  slices: KeptSlice[];
  /** Of the answers that were made from it. */
  lasting?: Lasting;
}

export class State {
  readonly #nodes = new Map<string, Node>();
  readonly #slices = new Map<string, KeptSlice>();
  readonly #services = new Map<string, KeptService>();
  readonly #pods = new Map<string, KeptPod>();
  readonly #namespaces = new Set<string>();
  readonly #servicesAt = new Index<KeptService>();
  readonly #slicesAt = new Index<KeptSlice>();
  readonly #podsAt = new Index<KeptPod>();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** By `namespace/name`. */
  service = (key: string): KeptService | undefined => this.#nodes.get(key)?.service;
  slicesOf = (key: string): readonly KeptSlice[] => this.#nodes.get(key)?.slices ?? [];
  hasNamespace = (name: string): boolean => this.#namespaces.has(name);
  servicesAt = (address: string): readonly KeptService[] => this.#servicesAt.at(address);
  slicesAt = (address: string): readonly KeptSlice[] => this.#slicesAt.at(address);
  podsAt = (address: string): readonly KeptPod[] => this.#podsAt.at(address);

  /** Stale as soon as anything of the Service is another. */
  lasting(key: string): Lasting {
    const node = this.#nodes.get(key);
    if (!node) return { stale: true };
    node.lasting ??= { stale: false };
    return node.lasting;
  }

  putService(service: KeptService): void {
    this.dropService(service.key);
    this.#services.set(service.key, service);
    for (const address of service.addresses) this.#servicesAt.add(address, service);
    this.#touch(service.key).service = service;
  }

  dropService(key: string): void {
    const before = this.#services.get(key);
    if (!before) return;
    this.#services.delete(key);
    for (const address of before.addresses) this.#servicesAt.remove(address, before);
    delete this.#touch(key).service;
    this.#tidy(key);
  }

  putSlice(slice: KeptSlice): void {
    this.dropSlice(slice.key);
    this.#slices.set(slice.key, slice);
    for (const { address } of slice.endpoints) this.#slicesAt.add(address, slice);
    this.#touch(slice.service).slices.push(slice);
  }

  dropSlice(key: string): void {
    const before = this.#slices.get(key);
    if (!before) return;
    this.#slices.delete(key);
    for (const { address } of before.endpoints) this.#slicesAt.remove(address, before);
    const node = this.#touch(before.service);
    node.slices = node.slices.filter((slice) => slice !== before);
    this.#tidy(before.service);
  }

  putPod(pod: KeptPod): void {
    this.dropPod(pod.key);
    this.#pods.set(pod.key, pod);
    for (const address of pod.addresses) this.#podsAt.add(address, pod);
  }

  dropPod(key: string): void {
    const before = this.#pods.get(key);
    this.#pods.delete(key);
    for (const address of before?.addresses ?? []) this.#podsAt.remove(address, before as KeptPod);
  }

  putNamespace(name: string): void {
    this.#namespaces.add(name);
    this.#changed();
  }

  dropNamespace(name: string): void {
    this.#namespaces.delete(name);
    this.#changed();
  }

  /** What a new list does not have is gone. */
  replaceServices(all: readonly KeptService[]): void {
    for (const key of gone(this.#services, all)) this.dropService(key);
    for (const each of all) this.putService(each);
  }

  replaceSlices(all: readonly KeptSlice[]): void {
    for (const key of gone(this.#slices, all)) this.dropSlice(key);
    for (const each of all) this.putSlice(each);
  }

  replacePods(all: readonly KeptPod[]): void {
    for (const key of gone(this.#pods, all)) this.dropPod(key);
    for (const each of all) this.putPod(each);
  }

  replaceNamespaces(all: readonly string[]): void {
    this.#namespaces.clear();
    for (const name of all) this.putNamespace(name);
  }

  #touch(key: string): Node {
    this.#changed();
    let node = this.#nodes.get(key);
    if (!node) {
      node = { slices: [] };
      this.#nodes.set(key, node);
    }
    if (node.lasting) node.lasting.stale = true;
    delete node.lasting;
    return node;
  }

  #tidy(key: string): void {
    const node = this.#nodes.get(key);
    if (node && !node.service && node.slices.length === 0) this.#nodes.delete(key);
  }
}

function* gone(known: ReadonlyMap<string, unknown>, all: readonly { key: string }[]): Iterable<string> {
  const there = new Set(all.map(({ key }) => key));
  for (const key of known.keys()) if (!there.has(key)) yield key;
}

/** Values by address; nearly always there is one, which needs no list of its own. */
class Index<T extends object> {
  readonly #values = new Map<string, T | T[]>();

  at(address: string): readonly T[] {
    const found = this.#values.get(address);
    return found === undefined ? [] : Array.isArray(found) ? found : [found];
  }

  add(address: string, value: T): void {
    const all = this.at(address);
    if (!all.includes(value)) this.#values.set(address, all.length === 0 ? value : [...all, value]);
  }

  remove(address: string, value: T): void {
    const rest = this.at(address).filter((each) => each !== value);
    const [only] = rest;
    if (!only) this.#values.delete(address);
    else this.#values.set(address, rest.length === 1 ? only : rest);
  }
}
