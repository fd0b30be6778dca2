/** The object of an operation, as admission wants to have it. */
import { isDeepStrictEqual } from 'node:util';
import { internal, StatusError } from '../../../api/errors.ts';
import type { Kind } from '../../../api/kind.ts';
import type { Written } from '../../object/meta.ts';
import { conform } from '../../request/input.ts';
import { changeTo } from '../../verbs/update.ts';
import type { Operation } from '../contract.ts';
import { inForm } from './forms.ts';

const lenient = new URLSearchParams('fieldValidation=Ignore');

/**
 * Makes the object say what this value of the kind says, as far as the operation may write it, and fills in
 * what is left out. Resolves with whether anything is different now.
 */
export async function become(operation: Operation, json: unknown, kind: Kind): Promise<boolean> {
  const { name } = operation.object.metadata;
  const { kind: own, subresource } = operation;
  const next = await inForm(objectOf(json, kind), kind, own);
  const written: Written = { ...next, metadata: { ...next.metadata, name } };
  const call = { kind: own, ...(subresource && { subresource }) };
  const { object } = changeTo(call, written, structuredClone(operation.object));
  if (isDeepStrictEqual(object, operation.object)) return false;
  const target = operation.object as unknown as Record<string, unknown>;
  for (const key of Object.keys(target)) if (!(key in object)) delete target[key];
  Object.assign(target, object);
  return true;
}

function objectOf(json: unknown, kind: Kind): Written {
  try {
    return conform(json, kind, [], lenient).object;
  } catch (err) {
    throw err instanceof StatusError ? internal(err.message) : err;
  }
}
