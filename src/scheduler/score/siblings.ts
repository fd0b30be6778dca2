import { labelSelector, matchesLabels } from '../../api/selectors.ts';
import type { Pod } from '../../api/types.ts';
import type { Score } from '../plugin.ts';

/**
 * Who says nothing about spreading is spread over nodes all the same: pods of one owner, or behind one
 * Service, should not go down together.
 */
export const siblings: Score = (info, world) => {
  const { pod } = info;
  if (pod.spec?.topologySpreadConstraints?.length) return undefined;
  const isSibling = siblingTest(pod, world.servicesOf(info));
  if (!isSibling) return undefined;
  return (node) => {
    let count = 0;
    for (const other of node.pods.values())
      if (other.pod.metadata.namespace === pod.metadata.namespace && isSibling(other.pod)) count++;
    return -count;
  };
};

type Services = ReturnType<Parameters<Score>[1]['servicesOf']>;

function siblingTest(pod: Pod, services: Services): ((other: Pod) => boolean) | undefined {
  const owner = ownerOf(pod);
  if (owner !== undefined) return (other) => ownerOf(other) === owner && !other.metadata.deletionTimestamp;
  const selectors = services.map(({ spec }) => labelSelector({ matchLabels: spec?.selector ?? {} }));
  if (selectors.length === 0) return undefined;
  return (other) => selectors.some((selector) => matchesLabels(selector, other.metadata.labels));
}

const ownerOf = (pod: Pod): string | undefined =>
  pod.metadata.ownerReferences?.find((r) => r.controller)?.uid;
