/** What an Ingress names as a backend, as the endpoints behind the Service. */
import type { EndpointSlice, Ingress, Service } from '../api/types.ts';
import type { Backend, Endpoint, World } from './contract.ts';

type Named = NonNullable<NonNullable<Ingress['spec']>['defaultBackend']>;
type Wishes = Omit<Backend, 'name' | 'endpoints'>;
type Tell = (reason: string, message: string) => void;
type ServicePort = NonNullable<NonNullable<Service['spec']>['ports']>[number];

export function backendsOf(world: World, refersTo: Set<string>) {
  const known = new Map<string, Backend>();
  /** Of one Ingress, those with wishes of their own are numbered. */
  const numbered = new Map<string, string[]>();

  /** `default_web_80`, or `default_web_80_shop_1` when the Ingress `shop` wants something of its own there. */
  function nameOf({ metadata }: Ingress, base: string, wishes: Wishes): string {
    const plain = wishes.rewrite === undefined && !wishes.redirectsToTls && isPlain(wishes);
    if (plain) return base;
    const group = `${base}_${metadata.name}`;
    const variants = numbered.get(group) ?? [];
    const text = JSON.stringify(wishes);
    if (!variants.includes(text)) variants.push(text);
    numbered.set(group, variants);
    return `${group}_${variants.indexOf(text) + 1}`;
  }

  return {
    list: (): Backend[] => [...known.values()],
    /** The backend's name. One that leads nowhere is a backend without endpoints. */
    add(ingress: Ingress, { service }: Named, wishes: Wishes, tell: Tell): string {
      const namespace = ingress.metadata.namespace ?? '';
      if (!service) {
        tell('Backend', 'a resource cannot be a backend here: only Services can');
        return 'no_route';
      }
      const key = `${namespace}/${service.name}`;
      refersTo.add(`Service/${key}`);
      const port = service.port?.name ?? service.port?.number ?? 0;
      const name = nameOf(ingress, `${namespace}_${service.name}_${port}`, wishes);
      if (known.has(name)) return name;
      const found = world.service(key);
      const servicePort = found?.spec?.ports?.find((p) => p.name === port || p.port === port);
      if (!found) tell('Backend', `Service ${key} does not exist`);
      else if (found.spec?.type === 'ExternalName')
        tell('Backend', `Service ${key} is an ExternalName, to which nothing is carried here`);
      else if (!servicePort) tell('Backend', `Service ${key} has no port ${port}`);
      const endpoints = servicePort ? endpointsOf(world.slices(key), servicePort) : [];
      known.set(name, { name, endpoints, ...wishes });
      return name;
    },
  };
}

const isPlain = ({
  options: { protocol, sslRedirect: _, forceSslRedirect, useRegex: __, ...more },
}: Wishes) => protocol === 'HTTP' && !forceSslRedirect && Object.keys(more).length === 0;

/** Straight to the pods: the Service's own balancing is left out, so that each request has its own turn. */
function endpointsOf(slices: readonly EndpointSlice[], { name = '' }: ServicePort): Endpoint[] {
  const found = new Map<string, Endpoint>();
  for (const { ports, endpoints } of slices) {
    const port = ports?.find((p) => (p.name ?? '') === name)?.port;
    if (port === undefined) continue;
    for (const { addresses, conditions } of endpoints ?? []) {
      const [address] = addresses;
      if (address && conditions?.ready !== false) found.set(`${address} ${port}`, { address, port });
    }
  }
  return oneFamily([...found.values()]).sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** A pod with two addresses gets one share of the requests. */
function oneFamily(endpoints: Endpoint[]): Endpoint[] {
  const v4 = endpoints.filter(({ address }) => !address.includes(':'));
  return v4.length > 0 ? v4 : endpoints;
}
