/**
 * How pods reach the API server: the Service `kubernetes` and, since no pod stands behind it, its
 * endpoints, made from where the server itself is.
 * https://kubernetes.io/docs/concepts/architecture/control-plane-node-communication/#node-to-control-plane
 */
import type { EndpointSlice, Endpoints, Service } from '../../api/types.ts';
import type { Draft } from '../../client/contract.ts';
import type { ControllerConfig } from '../config.ts';
import { familyOf } from '../endpoint.ts';

export const namespace = 'default';
export const name = 'kubernetes';
const labels = { component: 'apiserver', provider: 'kubernetes' };
const port = { name: 'https', protocol: 'TCP' };

type ApiServer = ControllerConfig['apiServer'];

export function service({ serviceIPs, port: targetPort }: ApiServer): Draft<Service> {
  const [clusterIP = ''] = serviceIPs;
  return {
    metadata: { name, namespace, labels },
    spec: {
      type: 'ClusterIP',
      clusterIP,
      clusterIPs: [...serviceIPs],
      ipFamilies: serviceIPs.map(familyOf),
      ipFamilyPolicy: serviceIPs.length > 1 ? 'RequireDualStack' : 'SingleStack',
      ports: [{ ...port, port: 443, targetPort: targetPort as never }],
      sessionAffinity: 'None',
    },
  };
}

/** As everywhere, Endpoints tell of the Service's first family alone. */
export function endpoints({ addresses, port: number }: ApiServer): Draft<Endpoints> {
  const [family] = addresses.map(familyOf);
  const own = addresses.filter((address) => familyOf(address) === family);
  return {
    metadata: { name, namespace, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: own.map((ip) => ({ ip })), ports: [{ ...port, port: number }] }],
  };
}

/** One slice a family: `kubernetes`, and of a second one `kubernetes-ipv6`. */
export function slices({ addresses, port: number }: ApiServer): Draft<EndpointSlice>[] {
  const families = [...new Set(addresses.map(familyOf))];
  return families.map((addressType, i) => ({
    metadata: {
      name: i === 0 ? name : `${name}-${addressType.toLowerCase()}`,
      namespace,
      labels: { 'kubernetes.io/service-name': name },
    },
    addressType,
    endpoints: addresses
      .filter((address) => familyOf(address) === addressType)
      .map((address) => ({ addresses: [address], conditions: { ready: true } })),
    ports: [{ ...port, port: number }],
  }));
}
