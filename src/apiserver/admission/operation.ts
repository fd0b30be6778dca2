/** Questions that several plugins ask of an operation. */
import { forbidden, type StatusError } from '../../api/errors.ts';
import type { Resource } from '../../api/resource.ts';
import type { KubeObject } from '../../api/types.ts';
import type { Operation } from './contract.ts';

/** Whether the operation is about this resource, or this subresource of it. */
export function isAbout(
  { kind, subresource: actual }: Operation,
  { group, plural }: Resource,
  subresource?: string,
): boolean {
  return kind.resource.group === group && kind.resource.plural === plural && actual === subresource;
}

/** The operation's object, whose type the resource knows. */
export function objectOf<T extends KubeObject>(operation: Operation, _: Resource<T>): T {
  return operation.object as T;
}

/** 403: `pods "web" is forbidden: …` */
export function refuse({ kind, object }: Operation, why: string): StatusError {
  return forbidden(kind.resource, object.metadata.name || object.metadata.generateName || '', why);
}
