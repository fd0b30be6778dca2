/**
 * Which nodes a DaemonSet means, and the pod that is made for one of them.
 * https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#how-daemon-pods-are-scheduled
 */
import { isNodeRequiredBy } from '../../api/nodeSelectors.ts';
import { daemonSets } from '../../api/resource.ts';
import { isTolerated } from '../../api/tolerations.ts';
import type { DaemonSet, Node, Pod, PodSpec, PodTemplateSpec, Toleration } from '../../api/types.ts';
import type { Draft } from '../../client/contract.ts';
import { podFrom } from '../podTemplate.ts';

/** On a pod and on its ControllerRevision. */
export const hashLabel = 'controller-revision-hash';

export const hashOf = (pod: Pod): string | undefined => pod.metadata.labels?.[hashLabel];

const toleration = (condition: string, effect: string): Toleration => ({
  key: `node.kubernetes.io/${condition}`,
  operator: 'Exists',
  effect,
});

/** What makes a node unfit for others does not keep a daemon away. */
const alwaysTolerated: readonly Toleration[] = [
  toleration('not-ready', 'NoExecute'),
  toleration('unreachable', 'NoExecute'),
  toleration('disk-pressure', 'NoSchedule'),
  toleration('memory-pressure', 'NoSchedule'),
  toleration('pid-pressure', 'NoSchedule'),
  toleration('unschedulable', 'NoSchedule'),
];

function tolerationsOf({ tolerations = [], hostNetwork }: Partial<PodSpec>): Toleration[] {
  const added = hostNetwork
    ? [...alwaysTolerated, toleration('network-unavailable', 'NoSchedule')]
    : alwaysTolerated;
  const isThere = (t: Toleration) =>
    tolerations.some((own) => own.key === t.key && own.effect === t.effect && own.operator === t.operator);
  return [...tolerations, ...added.filter((t) => !isThere(t))];
}

export interface Fit {
  /** A pod is made there when there is none. */
  shouldRun: boolean;
  /** A pod that is there may stay. */
  mayStay: boolean;
}

const unfit: Fit = { shouldRun: false, mayStay: false };

export function fitOf(set: DaemonSet, node: Node): Fit {
  const spec: Partial<PodSpec> = set.spec?.template?.spec ?? {};
  if (spec.nodeName && spec.nodeName !== node.metadata.name) return unfit;
  if (!isNodeRequiredBy(spec, node)) return unfit;
  const tolerations = tolerationsOf(spec);
  const untolerated = (node.spec?.taints ?? []).filter((taint) => !isTolerated(taint, tolerations));
  return {
    shouldRun: !untolerated.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute'),
    mayStay: !untolerated.some(({ effect }) => effect === 'NoExecute'),
  };
}

/** The node that a pod runs on, or is meant for. */
export function nodeOf(pod: Pod): string {
  if (pod.spec?.nodeName) return pod.spec.nodeName;
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  for (const { matchFields } of required?.nodeSelectorTerms ?? [])
    for (const { key, values } of matchFields ?? []) if (key === 'metadata.name') return values?.[0] ?? '';
  return '';
}

/** The scheduler places it, and has no choice: so priorities and resources count as for any pod. */
export function podFor(set: DaemonSet, template: PodTemplateSpec, hash: string, node: string): Draft<Pod> {
  const draft = podFrom(daemonSets, set, template);
  const spec: PodSpec = template.spec ?? { containers: [] };
  const onlyThere = {
    nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
  };
  const nodeAffinity = {
    ...spec.affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: onlyThere,
  };
  return {
    ...draft,
    metadata: { ...draft.metadata, labels: { ...draft.metadata.labels, [hashLabel]: hash } },
    spec: {
      ...spec,
      affinity: { ...spec.affinity, nodeAffinity },
      tolerations: tolerationsOf(spec),
    },
  };
}
