/**
 * The pod with a number: its name, its host name and its labels.
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-identity
 */
import { statefulSets } from '../../api/resource.ts';
import type { Pod, PodTemplateSpec, StatefulSet } from '../../api/types.ts';
import type { Draft } from '../../client/contract.ts';
import { podFrom } from '../podTemplate.ts';

export const label = {
  podName: 'statefulset.kubernetes.io/pod-name',
  podIndex: 'apps.kubernetes.io/pod-index',
  revision: 'controller-revision-hash',
} as const;

export const podName = (set: StatefulSet, ordinal: number): string => `${set.metadata.name}-${ordinal}`;

/** The number at the end of the name; absent when the name is not one of this set. */
export function ordinalOf(set: StatefulSet, pod: Pod): number | undefined {
  const [, name, digits] = /^(.*)-(\d+)$/.exec(pod.metadata.name) ?? [];
  return name === set.metadata.name && digits !== undefined ? Number(digits) : undefined;
}

export const revisionOf = (pod: Pod): string | undefined => pod.metadata.labels?.[label.revision];

export type PodDraft = Draft<Pod> & { metadata: { name: string } };

export function podOf(
  set: StatefulSet,
  template: PodTemplateSpec,
  revision: string,
  ordinal: number,
): PodDraft {
  const { generateName: _, ...metadata } = podFrom(statefulSets, set, template).metadata;
  const name = podName(set, ordinal);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      name,
      labels: {
        ...metadata.labels,
        [label.podName]: name,
        [label.podIndex]: String(ordinal),
        [label.revision]: revision,
      },
    },
    spec: {
      ...(template.spec ?? { containers: [] }),
      hostname: name,
      ...(set.spec?.serviceName && { subdomain: set.spec.serviceName }),
    },
  };
}
