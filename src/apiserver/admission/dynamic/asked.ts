/** An operation as webhooks and policies are told of it: in the words of `admission.k8s.io/v1.AdmissionRequest`. */
import type { Kind } from '../../../api/kind.ts';
import { namespaces, pods } from '../../../api/resource.ts';
import type { KubeObject, Pod } from '../../../api/types.ts';
import { without } from '../../object/without.ts';
import type { UserInfo } from '../../reviews/types.ts';
import { userInfo } from '../../reviews/types.ts';
import { asScale } from '../../subresources/scale.ts';
import type { Operation } from '../contract.ts';

interface GroupVersionKind {
  group: string;
  version: string;
  kind: string;
}

export interface Asked {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  /** Whose path it is. */
  readonly kind: Kind;
  /** Of the object, which is another one for some subresources. */
  readonly objectKind: GroupVersionKind;
  readonly subresource?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly object: KubeObject | null;
  readonly oldObject: KubeObject | null;
  readonly userInfo: UserInfo;
  readonly dryRun: boolean;
  readonly options: object | null;
  /** Whether what a webhook makes of the object can be stored. */
  readonly isWhole: boolean;
}

const verbs = { create: 'CREATE', update: 'UPDATE', delete: 'DELETE', connect: 'CONNECT' } as const;

export function askedOf(operation: Operation): Asked {
  const { kind, verb, object, old, subresource, user, dryRun } = operation;
  const { name } = object.metadata;
  const isDelete = verb === 'delete';
  // The namespace of a namespace is itself.
  const namespace = kind.resource === namespaces ? name : operation.namespace;
  const { group, version, kind: own } = kind.resource;
  return {
    operation: verbs[verb],
    kind,
    objectKind: { group, version, kind: own },
    ...(subresource && { subresource }),
    name,
    ...(namespace && { namespace }),
    object: isDelete ? null : object,
    oldObject: isDelete ? object : (old ?? null),
    userInfo: userInfo(user),
    dryRun,
    options: operation.options?.() ?? null,
    isWhole: true,
    ...inParts(operation),
  };
}

/** `/scale`, `/binding` and `/eviction` are written by objects of other kinds, and connections have options. */
function inParts({ verb, kind, subresource, object, old }: Operation): Partial<Asked> {
  if (verb === 'connect')
    return {
      objectKind: { group: '', version: 'v1', kind: object.kind ?? '' },
      object: without(object, 'metadata') as KubeObject,
      isWhole: false,
    };
  if (subresource === 'scale' && old)
    return {
      objectKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
      object: asScale(kind, object),
      oldObject: asScale(kind, old),
      isWhole: false,
    };
  if (subresource === 'eviction')
    return {
      operation: 'CREATE',
      objectKind: { group: 'policy', version: 'v1', kind: 'Eviction' },
      object: evictionOf(object),
      oldObject: null,
      isWhole: false,
    };
  if (subresource === 'binding' && kind.resource === pods)
    return {
      operation: 'CREATE',
      objectKind: { group: '', version: 'v1', kind: 'Binding' },
      object: bindingOf(object as Pod),
      oldObject: null,
      isWhole: false,
    };
  return {};
}

const evictionOf = ({ metadata: { name, namespace = '' } }: KubeObject): KubeObject => ({
  apiVersion: 'policy/v1',
  kind: 'Eviction',
  metadata: { name, namespace },
});

function bindingOf({ metadata: { name, namespace, uid }, spec }: Pod): KubeObject {
  const target = { kind: 'Node', name: spec?.nodeName ?? '' };
  const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target };
  return binding as KubeObject;
}
