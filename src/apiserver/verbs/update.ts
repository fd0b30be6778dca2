import { clone } from '../../api/jsonValue.ts';
import type { Kind } from '../../api/kind.ts';
import { setDefaults } from '../../api/schema/defaults.ts';
import { answerOne } from '../answer/views.ts';
import type { Call } from '../call.ts';
import type { ObjectAnswer } from '../contract.ts';
import { checkWriter } from '../managedFields/writer.ts';
import {
  asEphemeralAdded,
  asFinalized,
  asStatusUpdated,
  asUpdated,
  checkIdentity,
  type Written,
} from '../object/meta.ts';
import { type Change, rewrite } from '../object/write.ts';
import { readBody } from '../request/input.ts';

/** PUT: the whole object, or with a subresource the part of it that this one writes. */
export async function update(call: Call): Promise<ObjectAnswer> {
  checkWriter(call.request.query, 'UpdateOptions');
  const { object, warnings } = readBody(call.request, call.kind);
  checkIdentity(object, call.name, call.namespace);
  const entry = await rewrite(call, (old) => changeTo(call, object, old));
  return { ...answerOne(call, 200, entry), ...(warnings.length > 0 && { warnings }) };
}

/** What becomes of `old` when somebody writes `next` to the object or one of its subresources. */
export function changeTo(
  { kind, subresource }: Pick<Call, 'kind' | 'subresource'>,
  next: Written,
  old: Written,
): Change {
  const asked = { uid: next.metadata.uid, resourceVersion: next.metadata.resourceVersion };
  switch (subresource) {
    case 'status':
    case 'approval':
      return { asked, object: withSchemaDefaults(kind, asStatusUpdated(kind, next, old)) };
    case 'finalize':
      return { asked, object: asFinalized(next, old) };
    case 'ephemeralcontainers':
      return { asked, object: setDefaults(kind, asEphemeralAdded(next, old)) };
    default: {
      const whole = asUpdated(kind, next, old);
      const { managedFields } = next.metadata;
      return {
        asked,
        object: setDefaults(kind, clone(whole)),
        ...(managedFields && { managedFields }),
      };
    }
  }
}

/** A status whose fields a schema tells has defaults there too. */
const withSchemaDefaults = (kind: Kind, object: Written): Written =>
  kind.schema ? setDefaults(kind, clone(object)) : object;
