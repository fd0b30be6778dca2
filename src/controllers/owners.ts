/** https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/ */
import { apiVersionOf, type Resource } from '../api/resource.ts';
import type { KubeObject, OwnerReference } from '../api/types.ts';

/** The one owner that takes care of this object. */
export const controllerOf = (object: KubeObject | undefined): OwnerReference | undefined =>
  object?.metadata.ownerReferences?.find((r) => r.controller);

export const isControlledBy = (object: KubeObject, owner: KubeObject): boolean =>
  controllerOf(object)?.uid === owner.metadata.uid;

export const ownerReference = (resource: Resource, owner: KubeObject): OwnerReference => ({
  apiVersion: apiVersionOf(resource),
  kind: resource.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
});

/** The key of the controller of an object, if it is of this kind. */
export function ownerKey(object: KubeObject | undefined, resource: Resource): string[] {
  const owner = controllerOf(object);
  return owner?.kind === resource.kind ? [`${object?.metadata.namespace}/${owner.name}`] : [];
}
