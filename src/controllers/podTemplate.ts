/** The pod that a template describes. */
import type { Resource } from '../api/resource.ts';
import type { KubeObject, Pod, PodTemplateSpec } from '../api/types.ts';
import type { Draft } from '../client/contract.ts';
import { ownerReference } from './owners.ts';

export function podFrom(
  resource: Resource,
  owner: KubeObject,
  template: PodTemplateSpec | undefined,
): Draft<Pod> {
  const { labels, annotations, finalizers } = template?.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      // What is over the limit of a name is cut off by the API server.
      generateName: `${owner.metadata.name}-`,
      ...(owner.metadata.namespace && { namespace: owner.metadata.namespace }),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [ownerReference(resource, owner)],
    },
    ...(template?.spec && { spec: template.spec }),
  };
}
