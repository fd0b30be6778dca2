/** Objects as a person writes them. */
import { parseAllDocuments } from 'yaml';
import type { EndpointSlice, Ingress, IngressClass, KubeObject, Secret, Service } from '../../api/types.ts';
import type { World } from '../contract.ts';

export const nginxClass = `
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
`;

export function worldOf(...texts: string[]): World {
  const objects = parseAllDocuments([nginxClass, ...texts].join('\n---\n'))
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null);
  for (const { metadata } of objects) metadata.namespace ??= 'default';
  const all = <T extends KubeObject>(kind: string) =>
    objects.filter((o) => o.kind === kind) as unknown as T[];
  const find = <T extends KubeObject>(kind: string, key: string) =>
    all<T>(kind).find(({ metadata }) => `${metadata.namespace}/${metadata.name}` === key);
  return {
    ingresses: all<Ingress>('Ingress'),
    class: (name) => find<IngressClass>('IngressClass', `default/${name}`),
    service: (key) => find<Service>('Service', key),
    slices: (key) =>
      all<EndpointSlice>('EndpointSlice').filter(
        ({ metadata }) => `${metadata.namespace}/${metadata.labels?.['kubernetes.io/service-name']}` === key,
      ),
    secret: (key) => find<Secret>('Secret', key),
  };
}

/** A Service with the port 80, `http`, and where it leads. */
export const serviceAt = (name: string, ...endpoints: readonly `${string}:${number}`[]): string => `
kind: Service
metadata: {name: ${name}}
spec: {ports: [{name: http, port: 80}]}
${endpoints
  .map((endpoint, index) => {
    const [address, port] = endpoint.split(':');
    return `---
kind: EndpointSlice
metadata: {name: ${name}-${index}, labels: {kubernetes.io/service-name: ${name}}}
ports: [{name: http, port: ${port}}]
endpoints: [{addresses: [${address}], conditions: {ready: true}}]`;
  })
  .join('\n')}`;

export interface IngressText {
  name?: string;
  created?: string;
  annotations?: Record<string, string>;
  /** `host/path type service` or `/path type service`. */
  paths: readonly string[];
  tls?: readonly { hosts?: readonly string[]; secretName?: string }[];
  defaultBackend?: string;
}

export function ingressOf({
  name = 'shop',
  created,
  annotations = {},
  paths,
  tls,
  defaultBackend,
}: IngressText) {
  const own = Object.entries(annotations).map(([key, value]) => [
    `nginx.ingress.kubernetes.io/${key}`,
    value,
  ]);
  return JSON.stringify({
    kind: 'Ingress',
    metadata: { name, creationTimestamp: created, annotations: Object.fromEntries(own) },
    spec: {
      ingressClassName: 'nginx',
      ...(tls && { tls }),
      ...(defaultBackend && { defaultBackend: backendOf(defaultBackend) }),
      rules: paths.map((text) => {
        const [url = '', pathType, service = ''] = text.split(' ');
        const slash = url.indexOf('/');
        const path = { path: url.slice(slash), pathType, backend: backendOf(service) };
        return { ...(slash > 0 && { host: url.slice(0, slash) }), http: { paths: [path] } };
      }),
    },
  });
}

const backendOf = (name: string) => ({ service: { name, port: { number: 80 } } });
