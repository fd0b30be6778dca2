/** The structure of a value where it follows from the value alone. */

import { isObject } from '../../api/jsonValue.ts';
import {
  type Fields,
  type KeyedList,
  type Leaf,
  leaf,
  mapOf,
  type SetOfScalars,
  type Structure,
  untyped,
} from '../../api/schema/structure.ts';

export type Shape = Leaf | Fields | SetOfScalars | KeyedList;

const anyMap = mapOf(untyped);

/** Without a schema an object is a map, and everything else a leaf. */
export function shapeOf(structure: Structure, value: unknown): Shape {
  if (structure.type !== 'untyped') return structure;
  return isObject(value) ? anyMap : leaf;
}
