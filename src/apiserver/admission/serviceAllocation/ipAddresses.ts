/**
 * The IPAddress object of every address that a Service has. Both are written in one commit, so that
 * neither is ever there without the other, and a Service costs no second write to the disk.
 * https://kubernetes.io/docs/reference/networking/virtual-ips/#ip-address-objects
 */
import { fieldInvalid, invalid } from '../../../api/errors.ts';
import { ipAddresses, services } from '../../../api/resource.ts';
import type { IPAddress, KubeObject, Service } from '../../../api/types.ts';
import { type Clock, rfc3339 } from '../../../lib/clock.ts';
import { canonical } from '../../../lib/ip.ts';
import { type Entry, Mismatch, type Store, type StoreWrite } from '../../../store/contract.ts';
import type { Ids } from '../../object/ids.ts';
import { keyOf } from '../../object/keys.ts';
import { holdings } from './needs.ts';
import { ipFamilyOf } from './ranges.ts';

export interface AddressStamp {
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'uid'>;
}

/** The store as Services see it: what is written there brings its addresses along. */
export const withIPAddresses = (store: Store, stamp: AddressStamp): Store => ({
  revision: () => store.revision(),
  get: (key) => store.get(key),
  list: (prefix, options) => store.list(prefix, options),
  put: (key, object, expected) => write(store, stamp, { key, object, expected }),
  delete: (key, expected) => write(store, stamp, { key, expected }),
  commit: (writes) => store.commit(writes),
  watch: (prefix, afterRevision) => store.watch(prefix, afterRevision),
  compact: (revision) => store.compact(revision),
  close: () => store.close(),
});

/** Whoever writes address objects at the same time does so once. */
const maxAttempts = 5;

async function write(store: Store, stamp: AddressStamp, service: StoreWrite): Promise<Entry> {
  const { key, object, expected } = service;
  for (let attempt = 1; ; attempt++) {
    const before = expected === 0 ? undefined : (await store.get(key))?.object;
    const [had, has] = [addressesOf(before), addressesOf(object)];
    const given = [...has.difference(had)];
    const gone = before ? await objectsOf(store, before, had.difference(has)) : [];
    if (given.length + gone.length === 0)
      return object ? store.put(key, object, expected) : store.delete(key, expected);
    const made = given.map((ip) => makingOf(ip, object as Service, stamp));
    try {
      const entries = await store.commit([...made, ...gone, service]);
      return entries.at(-1) as Entry;
    } catch (err) {
      if (!(err instanceof Mismatch) || err.key === key) throw err;
      if (made.some((other) => other.key === err.key)) throw refusal(object as Service, given);
      if (attempt === maxAttempts) throw err;
    }
  }
}

const addressesOf = (object: KubeObject | undefined): Set<string> =>
  new Set([...holdings((object as Service | undefined)?.spec).ips].map(canonical));

const ipAddressKey = (ip: string): string => keyOf(ipAddresses, undefined, ip);

/** Removals of those objects that are there and say that they are this Service's. */
async function objectsOf(store: Store, service: KubeObject, ips: Iterable<string>): Promise<StoreWrite[]> {
  const found = await Promise.all([...ips].map((ip) => store.get(ipAddressKey(ip))));
  return found
    .filter((entry) => entry !== undefined)
    .filter((entry) => isOf(entry.object as IPAddress, service))
    .map((entry) => ({ key: entry.key, expected: entry.revision }));
}

function isOf({ spec }: IPAddress, { metadata }: KubeObject): boolean {
  const { group = '', resource, namespace, name } = spec?.parentRef ?? {};
  return (
    group === '' && resource === services.plural && namespace === metadata.namespace && name === metadata.name
  );
}

function makingOf(ip: string, { metadata }: Service, { clock, ids }: AddressStamp): StoreWrite {
  const object: IPAddress = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: {
      name: ip,
      uid: ids.uid(),
      creationTimestamp: rfc3339(clock.now()),
      labels: {
        'ipaddress.kubernetes.io/ip-family': ipFamilyOf(ip),
        'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      },
    },
    spec: {
      parentRef: {
        resource: services.plural,
        namespace: metadata.namespace ?? '',
        name: metadata.name,
      },
    },
  };
  return { key: ipAddressKey(ip), object, expected: 0 };
}

/** Somebody made the IPAddress while the Service was on its way. */
const refusal = ({ metadata }: Service, ips: readonly string[]) =>
  invalid(services, metadata.name, [
    fieldInvalid(
      'spec.clusterIPs',
      ips,
      `failed to allocate IP ${ips.join(', ')}: provided IP is already allocated`,
    ),
  ]);
