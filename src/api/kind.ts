/**
 * What a kind is: one value of {@link Kind}, built in the kind's own folder. It drives discovery, every
 * verb, validation, JSON ↔ protobuf, patches, tables and OpenAPI, so that a new kind is a new folder.
 */
import type { FieldError } from './errors.ts';
import type { Resource } from './resource.ts';
import type { Decoded } from './schema/decode.ts';
import type { Structure } from './schema/structure.ts';
import type { KubeObject } from './types.ts';

/** Another form in which the objects of a kind are stored: that of another version, or of another group. */
export interface StoredForm {
  /** Where they stand in the store. */
  readonly resource: Pick<Resource, 'group' | 'plural' | 'namespaced'>;
  /** The same objects in the stored form, and back; none of them is changed. */
  toStored(objects: readonly KubeObject[]): Converted;
  toServed(objects: readonly KubeObject[]): Converted;
}

/** A webhook takes its time. */
type Converted = readonly KubeObject[] | Promise<readonly KubeObject[]>;

/** A column of the table that `kubectl get` prints. */
export interface Column<T> {
  name: string;
  type?: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  format?: 'name';
  /** 0 is always printed, 1 only with `-o wide`. */
  priority?: 0 | 1;
  description?: string;
  value(obj: T, nowMs: number): string | number | boolean | null;
}

/** The fields of a kind that a schema tells, and no table: `message` then only has what every object has. */
export interface FieldsBySchema {
  /** Like `decode` of schema/decode.ts. */
  decode(json: unknown): Decoded;
  /** An OpenAPI schema of the whole object, without `metadata` and the like. */
  readonly openapi: Readonly<Record<string, unknown>>;
  readonly listKind: string;
}

/** Written as a method, so that a kind of pods is also a kind of objects. */
type ReadField<T> = { read(obj: T): string }['read'];
type ChangeRule<T> = { check(obj: T, old: T): FieldError[] }['check'];

export interface Kind<T extends KubeObject = KubeObject> {
  readonly resource: Resource<T>;
  readonly singular: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  /** The name of the message of the whole object; metadata and everything below included. */
  readonly message: string;
  readonly schema?: FieldsBySchema;
  /** What everybody hears who uses this version of the kind. */
  readonly deprecation?: string;
  readonly columns: readonly Column<T>[];
  /** Verbs other than the usual eight are not offered; leave out to offer all. */
  readonly verbs?: readonly string[];
  /** `spec` and `status` are written by different people; `/status` is served, and generation counts spec changes. */
  readonly status?: true;
  /**
   * `/scale` is served: where the label selector stands (`spec.selector`), which is one or the text of one, and
   * where the replicas do if not in `spec.replicas` and `status.replicas`.
   */
  readonly scale?: { selector: string; specReplicas?: string; statusReplicas?: string };
  /** What may stand in a field selector beside metadata.name and metadata.namespace. */
  readonly selectableFields?: Readonly<Record<string, ReadField<T>>>;
  /** Absent: objects are stored as they are served. */
  readonly stored?: StoredForm;
  /** Objects of this kind are forgotten after so many seconds. */
  readonly ttlSeconds?: number;
  /** How long `metadata.name` may be and what may stand in it. */
  readonly nameRule?: 'label' | 'subdomain' | 'path';
  /** Put on an object by the request to delete it, so that it waits for somebody. */
  readonly deletionFinalizer?: string;
  /** How its objects are put together for server-side apply, where that does not stand in the tables. */
  structure?(): Structure;
  /** Seconds between the delete request and the end of the object; 0 or absent: at once. */
  graceSeconds?(obj: T): number;
  /** Fills what was left out, in place. Constant defaults stand in the fields. */
  defaults?(obj: T): void;
  /** What is wrong with a new object, beyond the types of its fields. */
  validate?(obj: T): FieldError[];
  /** What is wrong with an object only when it is new. */
  validateCreate?(obj: T): FieldError[];
  /** What is wrong with this change. `validate` has been called already. */
  validateUpdate?(obj: T, old: T): FieldError[];
  /** What whoever writes the object hears of it although it is good; parts of it may have no effect. */
  warnings?(obj: T): string[];
  /** Subresources, by name, through which something else may change: in the place of `validateUpdate`. */
  readonly validateSubresource?: Readonly<Record<string, ChangeRule<T>>>;
}
