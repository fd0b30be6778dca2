/**
 * The fields of a message, stated once as a small table in the kind's folder:
 *
 *     export const ServicePort = message('core/v1.ServicePort', `
 *       1 name        string
 *       2 protocol    string       = TCP
 *       3 port        int32        required
 *       4 targetPort  intOrString
 *       5 nodePort    int32
 *       6 appProtocol string
 *     `);
 *
 * A line is: protobuf number (`-`: not in protobuf, where the envelope carries it), JSON name, type,
 * then attributes:
 * - type: `string bool int32 int64 double bytes time microTime duration quantity intOrString fieldsV1
 *   rawExtension json schemaOrArray schemaOrBool schemaOrStrings`, the name of another message in the same group (`ServicePort`) or of another
 *   (`meta/v1.ObjectMeta`); `T[]` is a list, `{T}` a map from strings
 * - `required`: the JSON form always carries it
 * - `= value`: the default when it is left out; `= {}` is an empty object, whose members then get
 *   their own defaults, `= ""` the empty text
 * - `merge=key`: a strategic merge patch merges the list by this key (`merge` alone: a set of scalars);
 *   `retainKeys`: with the patch strategy retainKeys
 * - `list=atomic|set` or `keys=a,b`: how server-side apply sees the list; `map=atomic`, `struct=atomic` likewise
 * - `inline`: no JSON name of its own: the members stand in the parent in JSON, but it is a message
 *   of its own in protobuf
 * - `pointer`: a pointer in Kubernetes' own Go types, so that 0, false or "" that was sent says something else
 *   than nothing at all. Protobuf clients send a zero for every other scalar that was left out.
 * - `bare`: the message has no other field and in JSON is this list itself (`ExtraValue`, `Verbs`)
 */
export interface Field {
  readonly name: string;
  /** 0: only in JSON. */
  readonly number: number;
  readonly type: FieldType;
  /** `one`, a list of `type`, or a map from strings to `type`. */
  readonly shape: 'one' | 'list' | 'map';
  readonly required: boolean;
  readonly inline: boolean;
  readonly bare: boolean;
  readonly pointer: boolean;
  /** Never changed by who reads it: an object is always the empty one. */
  readonly default?: Default;
  readonly patch?: { readonly merge: boolean; readonly key?: string; readonly retainKeys: boolean };
  readonly listType?: 'atomic' | 'set' | 'map';
  readonly listKeys?: readonly string[];
  readonly atomic: boolean;
}

type Default = string | number | boolean | Readonly<Record<string, never>>;

export type ScalarType =
  | 'string'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'double'
  | 'bytes'
  | 'time'
  | 'microTime'
  | 'duration'
  | 'quantity'
  | 'intOrString'
  | 'fieldsV1'
  | 'rawExtension'
  /** Any JSON value. */
  | 'json'
  /** A JSON schema, or something else that may stand in its place. */
  | 'schemaOrArray'
  | 'schemaOrBool'
  | 'schemaOrStrings';

export type FieldType = ScalarType | { readonly message: string };

export interface Message {
  /** `core/v1.ServicePort` */
  readonly name: string;
  /** In the order of the table. */
  readonly fields: readonly Field[];
  /** By JSON name, members of inline messages included. */
  readonly byName: ReadonlyMap<string, Field>;
  /** Only in a message that in JSON is a bare list: the field that holds it. */
  readonly bare?: Field;
}

const scalars: ReadonlySet<string> = new Set<ScalarType>([
  'string',
  'bool',
  'int32',
  'int64',
  'double',
  'bytes',
  'time',
  'microTime',
  'duration',
  'quantity',
  'intOrString',
  'fieldsV1',
  'rawExtension',
  'json',
  'schemaOrArray',
  'schemaOrBool',
  'schemaOrStrings',
]);

const tables = new Map<string, string>();
const parsed = new Map<string, Message>();

/** Declares a message; the table is read when it is first asked for. Returns the name, to refer to it by. */
export function message(name: string, table: string): string {
  if (tables.has(name)) throw new Error(`Cannot declare message ${name}: it is declared already`);
  tables.set(name, table);
  return name;
}

/** The fields of a declared message. */
export function messageOf(name: string): Message {
  const known = parsed.get(name);
  if (known) return known;
  const table = tables.get(name);
  if (table === undefined)
    throw new Error(`Cannot find message ${name}: no folder below src/api declares it`);
  const group = name.slice(0, name.lastIndexOf('.'));
  const fields = table
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => parseField(line, group));
  const bare = fields.find((f) => f.bare);
  const made: Message = { name, fields, byName: byJsonName(fields), ...(bare && { bare }) };
  parsed.set(name, made);
  return made;
}

/** The names of all declared messages. */
export const messageNames = (): string[] => [...tables.keys()];

function parseField(line: string, group: string): Field {
  const [number = '', name = '', type = '', ...attributes] = line.split(/\s+/);
  const shape = type.endsWith('[]') ? 'list' : type.startsWith('{') ? 'map' : 'one';
  const inner = type.replace(/^\{|\}$|\[\]$/g, '');
  const field: Mutable<Field> = {
    name,
    number: number === '-' ? 0 : Number(number),
    type: scalars.has(inner)
      ? (inner as ScalarType)
      : { message: inner.includes('.') ? inner : `${group}.${inner}` },
    shape,
    required: attributes.includes('required'),
    inline: attributes.includes('inline'),
    bare: attributes.includes('bare'),
    pointer: attributes.includes('pointer'),
    atomic: attributes.includes('map=atomic') || attributes.includes('struct=atomic'),
  };
  const attribute = (key: string) => attributes.find((a) => a.startsWith(`${key}=`))?.slice(key.length + 1);
  const mergeKey = attribute('merge');
  const retainKeys = attributes.includes('retainKeys');
  if (mergeKey !== undefined || attributes.includes('merge') || retainKeys) {
    field.patch = {
      merge: mergeKey !== undefined || attributes.includes('merge'),
      ...(mergeKey && { key: mergeKey }),
      retainKeys,
    };
  }
  const keys = attribute('keys');
  const list = attribute('list');
  if (keys) {
    field.listType = 'map';
    field.listKeys = keys.split(',');
  } else if (list) field.listType = list as 'atomic' | 'set';
  const equals = attributes.indexOf('=');
  if (equals >= 0) field.default = literal(attributes[equals + 1] ?? '', inner);
  return field;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function literal(text: string, type: string): Default {
  if (text === '{}') return {};
  if (text === '""') return '';
  if (type === 'bool') return text === 'true';
  if (type === 'int32' || type === 'int64' || type === 'double') return Number(text);
  if (type === 'intOrString' && /^-?\d+$/.test(text)) return Number(text);
  return text;
}

function byJsonName(fields: readonly Field[]): Map<string, Field> {
  const all = new Map<string, Field>();
  for (const field of fields) {
    if (!field.inline) all.set(field.name, field);
    else if (typeof field.type === 'object')
      for (const [k, f] of messageOf(field.type.message).byName) all.set(k, f);
  }
  return all;
}
