/**
 * What the server says about an object, whatever its writer says: identity, age, generation, and that
 * `spec` and `status` have different writers.
 * https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#metadata
 */
import { isDeepStrictEqual } from 'node:util';
import { badRequest, conflict, modified } from '../../api/errors.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/types.ts';
import { rfc3339 } from '../../lib/clock.ts';
import { without } from './without.ts';

/** An object of a kind that has both; those that have neither are fine with it. */
export type Written = KubeObject & { spec?: unknown; status?: unknown };

/** A new object as it is first stored. */
export function asNew(kind: Kind, object: Written, uid: string, nowMs: number): Written {
  if (object.metadata.resourceVersion)
    throw badRequest('resourceVersion should not be set on objects to be created');
  return {
    ...object,
    metadata: {
      ...without(object.metadata, 'resourceVersion', ...written),
      uid,
      creationTimestamp: rfc3339(nowMs),
      ...((kind.status || kind.schema) && { generation: 1 }),
    },
  };
}

/** Metadata that only the server writes. */
const written = [
  'selfLink',
  'managedFields',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
] as const;

/** A write to the object itself: the status stays, and so does what only the server says. */
export function asUpdated(kind: Kind, next: Written, old: Written): Written {
  const { status } = kind.status ? old : next;
  return {
    ...without(next, 'status'),
    metadata: ownMetadata(next, old),
    ...(status !== undefined && { status }),
  };
}

/** Counts a change of the spec, in place; to be called when nobody changes the object any more. */
export function countGeneration(kind: Kind, next: Written, old: Written): void {
  const isCounted = kind.schema
    ? !isDeepStrictEqual(specified(kind, next), specified(kind, old))
    : kind.status && !isDeepStrictEqual(next.spec, old.spec);
  if (!isCounted) return;
  next.metadata.generation = (old.metadata.generation ?? 0) + 1;
}

/** A custom resource may say what it is to be in fields of any name. */
const specified = ({ status }: Kind, object: Written): object =>
  status ? without(object, 'metadata', 'status') : without(object, 'metadata');

/** A write to `/status`: that changes, and with most kinds what people say in the metadata. */
export function asStatusUpdated(kind: Kind, next: Written, old: Written): Written {
  const { status } = next;
  return {
    ...without(old, 'status'),
    metadata: statusMetadata(kind, next, old),
    ...(status !== undefined && { status }),
  };
}

const said = ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const;

/** By kind, what a write to `/status` leaves as it was; custom resources keep all of it. As Kubernetes' own strategies do. */
const keptByStatus: Readonly<Record<string, readonly (typeof said)[number][]>> = {
  Pod: ['ownerReferences'],
  Deployment: ['labels'],
  ServiceCIDR: said,
  CustomResourceDefinition: said,
  ValidatingAdmissionPolicy: said,
  VolumeAttachment: said,
  ResourceClaim: said,
  APIService: said,
  FlowSchema: said,
  PriorityLevelConfiguration: said,
};

/** Whether a write to `/status` can change anything in the metadata. */
export const statusWritesMetadata = ({ schema, resource }: Kind): boolean =>
  !schema && keptByStatus[resource.kind] !== said;

function statusMetadata(kind: Kind, next: Written, old: Written): Written['metadata'] {
  if (!statusWritesMetadata(kind)) return old.metadata;
  const kept = keptByStatus[kind.resource.kind] ?? [];
  return {
    ...without(ownMetadata(next, old), ...kept),
    ...Object.fromEntries(Object.entries(old.metadata).filter(([name]) => kept.some((k) => k === name))),
  };
}

/** A write to `/finalize` of a namespace: only `spec.finalizers` changes. */
export function asFinalized(next: Written, old: Written): Written {
  const { finalizers = [] } = (next.spec ?? {}) as { finalizers?: string[] };
  return { ...old, spec: { ...(old.spec as object | undefined), finalizers } };
}

/** A write to `/ephemeralcontainers` of a pod: only those change. */
export function asEphemeralAdded(next: Written, old: Written): Written {
  const { ephemeralContainers } = (next.spec ?? {}) as { ephemeralContainers?: object[] };
  const spec = without((old.spec ?? {}) as { ephemeralContainers?: object[] }, 'ephemeralContainers');
  return structuredClone({ ...old, spec: { ...spec, ...(ephemeralContainers && { ephemeralContainers }) } });
}

/** The writer's metadata, with what only the server writes as it was. */
function ownMetadata({ metadata: next }: KubeObject, { metadata: old }: KubeObject): KubeObject['metadata'] {
  return {
    ...without(next, ...written),
    ...(old.namespace && { namespace: old.namespace }),
    ...(old.uid && { uid: old.uid }),
    ...(old.creationTimestamp && { creationTimestamp: old.creationTimestamp }),
    ...(old.resourceVersion && { resourceVersion: old.resourceVersion }),
    ...(old.deletionTimestamp && { deletionTimestamp: old.deletionTimestamp }),
    ...(old.deletionGracePeriodSeconds !== undefined && {
      deletionGracePeriodSeconds: old.deletionGracePeriodSeconds,
    }),
    ...(old.generation !== undefined && { generation: old.generation }),
  };
}

/** Throws a 400 when the body is about another object than the path. */
export function checkIdentity(object: KubeObject, name: string, namespace: string | undefined): void {
  const { name: own, namespace: ownNamespace } = object.metadata;
  if (own === '')
    throw badRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  if (own !== name)
    throw badRequest(`the name of the object (${own}) does not match the name on the URL (${name})`);
  if (namespace && ownNamespace && ownNamespace !== namespace)
    throw badRequest(
      `the namespace of the object (${ownNamespace}) does not match the namespace on the request (${namespace})`,
    );
}

export interface Preconditions {
  uid?: string | undefined;
  resourceVersion?: string | undefined;
}

/** Throws a 409 when the object is not the one that the writer has seen. */
export function checkPreconditions(kind: Kind, asked: Preconditions, { metadata }: KubeObject): void {
  const { resource } = kind;
  if (asked.uid && asked.uid !== metadata.uid)
    throw conflict(
      resource,
      metadata.name,
      `Precondition failed: UID in precondition: ${asked.uid}, UID in object meta: ${metadata.uid ?? ''}`,
    );
  // "0" is what no object has: as good as none at all.
  const { resourceVersion } = asked;
  if (resourceVersion && resourceVersion !== '0' && resourceVersion !== metadata.resourceVersion)
    throw modified(resource, metadata.name);
}
