/** What is not for the proxies of nodes, by kube-proxy's rules: the same labels on Services and on EndpointSlices. */
import type { KubeObject } from '../api/types.ts';

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#servicekubernetesioservice-proxy-name and the one after it */
const labels = ['service.kubernetes.io/service-proxy-name', 'service.kubernetes.io/headless'];

export const isLeftToOthers = ({ metadata }: Pick<KubeObject, 'metadata'>): boolean =>
  labels.some((label) => metadata.labels?.[label] !== undefined);
