/** What one object uses up of quotas, and whether a quota is about it. */
import { addQuantities, parseQuantity, type Quantity } from '../../quantity.ts';
import { persistentVolumeClaims, pods, qualifiedName, type Resource, services } from '../../resource.ts';
import type { KubeObject, PersistentVolumeClaim, Pod, ResourceQuota, Service } from '../../types.ts';
import { podAmounts, type Quantities } from '../pod/amounts.ts';
import { isCountedPlainly, kindNameOf } from './names.ts';
import { matchesScopes, scopesOf } from './scopes.ts';

type Named = Pick<Resource, 'group' | 'plural'>;

const one = parseQuantity('1');
const whole = (n: number) => parseQuantity(String(n));

/** Reckoned once for each state of an object: it is never changed. */
const reckoned = new WeakMap<KubeObject, Quantities>();

export function usageOf(resource: Named, object: KubeObject): Quantities {
  const known = reckoned.get(object);
  if (known) return known;
  const usage = { [`count/${qualifiedName(resource)}`]: one, ...ownUsage(resource, object) };
  reckoned.set(object, usage);
  return usage;
}

/** Of an object that is not stored yet, and may still change. */
export const usageOfDraft = (resource: Named, object: KubeObject): Quantities => ({
  [`count/${qualifiedName(resource)}`]: one,
  ...ownUsage(resource, object),
});

function ownUsage({ group, plural }: Named, object: KubeObject): Quantities {
  if (group !== '') return {};
  switch (plural) {
    case pods.plural:
      return podUsage(object as Pod);
    case services.plural:
      return serviceUsage(object as Service);
    case persistentVolumeClaims.plural:
      return claimUsage(object as PersistentVolumeClaim);
    default:
      return isCountedPlainly(plural) ? { [plural]: one } : {};
  }
}

/** A pod that has ended is there, and uses nothing. */
function podUsage({ spec, status }: Pod): Quantities {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return {};
  const usage: Record<string, typeof one> = { pods: one };
  for (const [name, quantity] of Object.entries(podAmounts(spec, 'requests'))) {
    usage[`requests.${name}`] = quantity;
    if (!name.includes('/')) usage[name] = quantity;
  }
  for (const [name, quantity] of Object.entries(podAmounts(spec, 'limits')))
    if (!name.includes('/')) usage[`limits.${name}`] = quantity;
  return usage;
}

function serviceUsage({ spec }: Service): Quantities {
  const { type, ports = [], allocateLoadBalancerNodePorts: allocates } = spec ?? {};
  const asked = ports.filter(({ nodePort }) => nodePort).length;
  const nodePorts =
    type === 'NodePort' || (type === 'LoadBalancer' && allocates !== false)
      ? ports.length
      : type === 'LoadBalancer'
        ? asked
        : 0;
  return {
    services: one,
    'services.nodeports': whole(nodePorts),
    'services.loadbalancers': whole(type === 'LoadBalancer' ? 1 : 0),
  };
}

function claimUsage({ spec }: PersistentVolumeClaim): Quantities {
  const storage = spec?.resources?.requests?.['storage'];
  const of = spec?.storageClassName && `${spec.storageClassName}.storageclass.storage.k8s.io/`;
  return {
    persistentvolumeclaims: one,
    ...(storage && { 'requests.storage': parseQuantity(storage) }),
    ...(of && { [`${of}persistentvolumeclaims`]: one }),
    ...(of && storage && { [`${of}requests.storage`]: parseQuantity(storage) }),
  };
}

/** Whether objects of this kind use up anything of the quota, and this one is within its scopes. */
export function isAbout(quota: ResourceQuota, resource: Named, object: KubeObject): boolean {
  const scopes = scopesOf(quota);
  const isPod = resource.group === '' && resource.plural === pods.plural;
  if (scopes.length > 0 && !(isPod && matchesScopes(scopes, object as Pod))) return false;
  return hardNames(quota, resource).length > 0;
}

/** Names of the quota that objects of this kind use up. */
export const hardNames = ({ spec }: ResourceQuota, resource: Named): string[] =>
  Object.keys(spec?.hard ?? {}).filter((name) => kindNameOf(name) === qualifiedName(resource));

/** What these objects use up together, of what the quota is about. */
export function totalOf(quota: ResourceQuota, resource: Named, objects: Iterable<KubeObject>): Quantities {
  const names = hardNames(quota, resource);
  const total: Record<string, Quantity> = {};
  for (const object of objects) {
    if (!isAbout(quota, resource, object)) continue;
    const usage = usageOf(resource, object);
    for (const name of names) {
      const [sum, more] = [total[name], usage[name]];
      if (more) total[name] = sum ? addQuantities(sum, more) : more;
    }
  }
  return total;
}
