/** What the fields' tables say of the members of an object that is patched. */
import { type Field, messageOf } from '../../../api/message.ts';

/** The field of that JSON name; none where no table reaches: there everything merges plainly. */
export type Schema = (name: string) => Field | undefined;

export const untyped: Schema = () => undefined;

export const schemaOf = (messageName: string): Schema => {
  const { byName } = messageOf(messageName);
  return (name) => byName.get(name);
};

/** Of an object that is the field's value; if the value is a map, each of its members is such an object. */
export function schemaBelow(field: Field | undefined): Schema {
  if (!field || typeof field.type !== 'object') return untyped;
  if (field.shape !== 'map') return schemaOf(field.type.message);
  const member: Field = { ...field, shape: 'one' };
  return () => member;
}
