/**
 * How a namespace ends, and what its status says meanwhile. Pods go first, so that nothing of theirs
 * (a NetworkPolicy, a Secret) is taken from under them while they run.
 * https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/5080-ordered-namespace-deletion
 */
import { pods, qualifiedName, type Resource } from '../../api/resource.ts';
import type { KubeObject, Namespace } from '../../api/types.ts';
import { withCondition } from '../conditions.ts';

export interface Remaining {
  resource: Resource;
  objects: readonly KubeObject[];
}

/** What to delete now; nothing is left to wait for when this is empty. */
export function nextToGo(remaining: readonly Remaining[]): Remaining[] {
  const left = remaining.filter(({ objects }) => objects.length > 0);
  const running = left.filter(({ resource }) => resource === pods);
  return running.length > 0 ? running : left;
}

export function statusOf(
  namespace: Namespace,
  remaining: readonly Remaining[],
  now: number,
): NonNullable<Namespace['status']> {
  const left = remaining.filter(({ objects }) => objects.length > 0);
  const finalizers = new Map<string, number>();
  for (const { objects } of left)
    for (const object of objects)
      for (const f of object.metadata.finalizers ?? []) finalizers.set(f, (finalizers.get(f) ?? 0) + 1);

  const resources = left.map(
    ({ resource, objects }) => `${qualifiedName(resource)} has ${objects.length} resource instances`,
  );
  const held = [...finalizers].map(([name, count]) => `${name} in ${count} resource instances`);
  let conditions = withCondition(
    namespace.status?.conditions,
    left.length > 0
      ? {
          type: 'NamespaceContentRemaining',
          status: 'True',
          reason: 'SomeResourcesRemain',
          message: `Some resources are remaining: ${resources.join(', ')}`,
        }
      : {
          type: 'NamespaceContentRemaining',
          status: 'False',
          reason: 'ContentRemoved',
          message: 'All content successfully removed',
        },
    now,
  );
  conditions = withCondition(
    conditions,
    held.length > 0
      ? {
          type: 'NamespaceFinalizersRemaining',
          status: 'True',
          reason: 'SomeFinalizersRemain',
          message: `Some content in the namespace has finalizers remaining: ${held.join(', ')}`,
        }
      : {
          type: 'NamespaceFinalizersRemaining',
          status: 'False',
          reason: 'ContentHasNoFinalizers',
          message: 'All content-preserving finalizers finished',
        },
    now,
  );
  return { ...namespace.status, phase: 'Terminating', conditions };
}
