/** An object in the form of another group or version of its kind, as a webhook or policy asks for it. */
import type { Kind } from '../../../api/kind.ts';
import { apiVersionOf } from '../../../api/resource.ts';
import type { KubeObject } from '../../../api/types.ts';
import type { Asked } from './asked.ts';

export async function inForm(object: KubeObject, from: Kind, to: Kind): Promise<KubeObject> {
  if (from === to) return object;
  const [stored = object] = from.stored ? await from.stored.toStored([object]) : [object];
  const [served = stored] = to.stored ? await to.stored.toServed([stored]) : [stored];
  return { ...served, apiVersion: apiVersionOf(to.resource), kind: to.resource.kind };
}

/** The whole request in the form of this kind. */
export async function askedAs(asked: Asked, kind: Kind): Promise<Asked> {
  if (kind === asked.kind) return asked;
  const { group, version, kind: name } = kind.resource;
  const formed = async (object: KubeObject | null) =>
    object && asked.isWhole ? inForm(object, asked.kind, kind) : object;
  return {
    ...asked,
    kind,
    ...(asked.isWhole && { objectKind: { group, version, kind: name } }),
    object: await formed(asked.object),
    oldObject: await formed(asked.oldObject),
  };
}
