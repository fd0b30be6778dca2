/**
 * Tells people of an EndpointSlice with names in the place of addresses: it is a good object, but proxies send
 * packets to addresses only, and Kubernetes gives the type FQDN no meaning.
 * https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#address-types
 */
import { endpointSlices, services } from '../../api/resource.ts';
import type { EndpointSlice } from '../../api/types.ts';
import { keyOf } from '../../client/contract.ts';
import type { Controller } from '../loop.ts';
import { label } from './desired.ts';

export const unservedSlices: Controller = {
  name: 'endpoint-slice-controller',
  start(context) {
    const { events } = context;
    const slices = context.watch(endpointSlices, (now, before) =>
      now && !before && hasNames(now) ? [keyOf(now)] : [],
    );
    // The Service may come after its slices.
    const known = context.watch(services, (now, before) =>
      now && !before ? slices.by('service', keyOf(now)).filter(hasNames).map(keyOf) : [],
    );
    return async (key) => {
      const slice = slices.get(key);
      if (!slice) return;
      const message = messageOf(slice);
      events.event(endpointSlices, slice, 'Warning', reason, message);
      const service = known.get(`${slice.metadata.namespace}/${slice.metadata.labels?.[label.service]}`);
      if (service) events.event(services, service, 'Warning', reason, message);
    };
  },
};

const reason = 'AddressTypeNotServed';

const hasNames = ({ addressType }: EndpointSlice): boolean => addressType === 'FQDN';

const messageOf = ({ metadata }: EndpointSlice): string =>
  `nothing is sent to the endpoints of EndpointSlice ${metadata.name}: its addressType is FQDN, and only IPv4 and IPv6 are served; ` +
  'a Service of type ExternalName stands for a name';
