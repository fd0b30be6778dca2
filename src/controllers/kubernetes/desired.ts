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

export const endpoints = ({ addresses, port: number }: ApiServer): Draft<Endpoints> => ({
  metadata: { name, namespace, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
  subsets: [
    { addresses: ofFamily(addresses, 'IPv4').map((ip) => ({ ip })), ports: [{ ...port, port: number }] },
  ],
});

/** One slice a family: `kubernetes`, `kubernetes-ipv6`. */
export const slices = ({ addresses, port: number }: ApiServer): Draft<EndpointSlice>[] =>
  (['IPv4', 'IPv6'] as const)
    .map((addressType) => ({ addressType, own: ofFamily(addresses, addressType) }))
    .filter(({ own }) => own.length > 0)
    .map(({ addressType, own }) => ({
      metadata: {
        name: addressType === 'IPv4' ? name : `${name}-ipv6`,
        namespace,
        labels: { 'kubernetes.io/service-name': name },
      },
      addressType,
      endpoints: own.map((address) => ({ addresses: [address], conditions: { ready: true } })),
      ports: [{ ...port, port: number }],
    }));

const ofFamily = (addresses: readonly string[], family: 'IPv4' | 'IPv6'): string[] =>
  addresses.filter((address) => familyOf(address) === family);
