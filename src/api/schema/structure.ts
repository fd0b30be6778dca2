/**
 * How a value is put together, for whoever merges two of them and keeps account of who wrote which part:
 * server-side apply. https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
 *
 * A built-in kind's structure follows from its tables ({@link structureOf}). A kind without tables brings its
 * own (`Kind.structure`): a structural schema says
 * - an object with properties: {@link fields}, `named` from the properties; what else it may hold is `rest`
 *   (`additionalProperties`, or {@link untyped} under `x-kubernetes-preserve-unknown-fields`)
 * - `x-kubernetes-map-type: atomic`, `x-kubernetes-list-type: atomic`, a list that says nothing, and every
 *   scalar: {@link leaf}
 * - `x-kubernetes-list-type: set`: {@link set}; `map`: {@link keyed}, with `x-kubernetes-list-map-keys`
 * - no schema at all: {@link untyped}
 *
 * That of a whole object has `apiVersion`, `kind` and `metadata` (`meta/v1.ObjectMeta`) too.
 *
 * Structures are asked for member by member, so that one may contain itself.
 */
import { type Field, messageOf } from '../message.ts';

export type Structure = Leaf | Fields | SetOfScalars | KeyedList | Untyped;

/** A scalar, or a list or object that is only ever written as a whole. */
export interface Leaf {
  readonly type: 'leaf';
}

/** An object whose members have different writers: one with fields of its own, a map, or a bit of both. */
export interface Fields {
  readonly type: 'fields';
  /** The structure of a field that the object always has a place for; none for other names. */
  named(name: string): Structure | undefined;
  /** Of members by any other name. Without it there are none. */
  readonly rest?: Structure;
}

/** A list of scalars, each of which is there or is not. */
export interface SetOfScalars {
  readonly type: 'set';
}

/** A list of objects that are told apart by some of their fields. */
export interface KeyedList {
  readonly type: 'keyed';
  /** In the order of the alphabet. */
  readonly keys: readonly string[];
  /** What a key is that an item leaves out: the `protocol` of a port. */
  readonly defaults: Readonly<Record<string, Scalar>>;
  readonly item: Structure;
}

/** Whatever it is: an object is a map of such values, anything else a leaf. */
export interface Untyped {
  readonly type: 'untyped';
}

export type Scalar = string | number | boolean;

export const leaf: Leaf = { type: 'leaf' };
export const set: SetOfScalars = { type: 'set' };
export const untyped: Untyped = { type: 'untyped' };

export const fields = (named: (name: string) => Structure | undefined, rest?: Structure): Fields => ({
  type: 'fields',
  named,
  ...(rest && { rest }),
});

export const mapOf = (rest: Structure): Fields => fields(() => undefined, rest);

export const keyed = (
  keys: readonly string[],
  item: Structure,
  defaults: Readonly<Record<string, Scalar>> = {},
): KeyedList => ({ type: 'keyed', keys: keys.toSorted(), item, defaults });

/** The structure of an object of this kind. */
export const structureOf = (kind: { message: string; structure?(): Structure }): Structure =>
  kind.structure?.() ?? messageStructure(kind.message);

const known = new Map<string, Structure>();

/** The structure that a declared message describes: `core/v1.Service`. */
export function messageStructure(name: string): Structure {
  const before = known.get(name);
  if (before) return before;
  const { byName, bare } = messageOf(name);
  const members = new Map<string, Structure>();
  const made = bare
    ? fieldStructure(bare)
    : fields((member) => {
        const seen = members.get(member);
        if (seen) return seen;
        const field = byName.get(member);
        if (!field) return undefined;
        const structure = fieldStructure(field);
        members.set(member, structure);
        return structure;
      });
  known.set(name, made);
  return made;
}

/**
 * References and selectors name one thing with all of their members: half of one is none
 * (`+structType=atomic` in Kubernetes' own definitions).
 */
const atomicMessages: ReadonlySet<string> = new Set([
  'core/v1.ConfigMapKeySelector',
  'core/v1.FileKeySelector',
  'core/v1.LocalObjectReference',
  'core/v1.NodeSelector',
  'core/v1.NodeSelectorTerm',
  'core/v1.ObjectFieldSelector',
  'core/v1.ObjectReference',
  'core/v1.ResourceFieldSelector',
  'core/v1.ScopeSelector',
  'core/v1.ScopedResourceSelectorRequirement',
  'core/v1.SecretKeySelector',
  'core/v1.SecretReference',
  'core/v1.TopologySelectorTerm',
  'core/v1.TypedLocalObjectReference',
  'meta/v1.LabelSelector',
  'meta/v1.OwnerReference',
]);

function fieldStructure(field: Field): Structure {
  switch (field.shape) {
    case 'one':
      return field.atomic ? leaf : valueStructure(field);
    case 'map':
      return field.atomic ? leaf : mapOf(valueStructure(field));
    case 'list':
      return listStructure(field);
  }
}

function valueStructure({ type }: Field): Structure {
  if (typeof type === 'string' || atomicMessages.has(type.message)) return leaf;
  return messageStructure(type.message);
}

/** A list whose table says nothing is atomic. */
function listStructure(field: Field): Structure {
  if (field.listType === 'set') return set;
  if (field.listType !== 'map' || !field.listKeys) return leaf;
  return keyed(field.listKeys, valueStructure(field), keyDefaults(field, field.listKeys));
}

function keyDefaults({ type }: Field, keys: readonly string[]): Record<string, Scalar> {
  if (typeof type === 'string') return {};
  const { byName } = messageOf(type.message);
  const defaults: Record<string, Scalar> = {};
  for (const key of keys) {
    const value = byName.get(key)?.default;
    if (value !== undefined && typeof value !== 'object') defaults[key] = value;
  }
  return defaults;
}
