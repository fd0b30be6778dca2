/** The body of a request as an object of the kind that the path names. */
import { badRequest, type FieldError, fieldNotSupported, invalid } from '../../api/errors.ts';
import type { Kind } from '../../api/kind.ts';
import { apiVersionOf } from '../../api/resource.ts';
import { cannotDecode, decode, strictError } from '../../api/schema/decode.ts';
import type { KubeObject } from '../../api/types.ts';
import type { ApiRequest } from '../contract.ts';
import { without } from '../object/without.ts';
import { decodeBody, mediaTypeOf, unknownFormat } from '../wire/index.ts';

export interface Input<T = KubeObject> {
  object: T;
  /** For the `Warning` headers of the answer. */
  warnings: readonly string[];
}

/** What must be known of a kind to read an object of it: also of those that are never stored. */
export interface Readable {
  readonly resource: Pick<Kind['resource'], 'group' | 'version' | 'kind'>;
  readonly message: string;
  readonly schema?: Kind['schema'];
}

/** Reads the body; throws a 400 when it is not an object of this kind. */
export function readBody(request: ApiRequest, type: Readable): Input {
  const { kind } = type.resource;
  const apiVersion = apiVersionOf(type.resource);
  // No message describes it.
  if (type.schema && mediaTypeOf(request.headers['content-type']).endsWith('protobuf'))
    throw unknownFormat(['application/json', 'application/yaml']);
  const { object, duplicates } =
    request.object === undefined
      ? decodeBody({
          contentType: request.headers['content-type'],
          body: request.body,
          hint: { apiVersion, kind },
        })
      : { object: request.object, duplicates: [] };
  return conform(object, type, duplicates, request.query);
}

/** Checks a JSON value against the fields of the kind, as strictly as `fieldValidation` in the query asks. */
export function conform(
  json: unknown,
  type: Readable,
  duplicates: readonly string[],
  query: URLSearchParams,
): Input {
  const level = fieldValidationOf(query);
  checkKind(json, type);
  const { object, unknown, errors } = type.schema?.decode(json) ?? decode(json, type.message);
  if (errors[0] !== undefined) throw cannotDecode(type.resource, errors[0]);
  // Kubernetes' typed decoder meets unknown fields on its way; of custom resources they are found later.
  const warnings = type.schema ? [...duplicates, ...unknown] : [...unknown, ...duplicates];
  if (level === 'Strict' && warnings.length > 0) throw strictError(type.resource, warnings);
  const made = asObject(object, type);
  // An empty list counts as left out, but this one says that nobody is to own anything.
  if (isEmptied(json)) made.metadata.managedFields = [];
  return { object: made, warnings: level === 'Ignore' ? [] : warnings };
}

/** `apiVersion` and `kind` come first and are always there, and so is `metadata`. */
function asObject(object: Record<string, unknown>, { resource }: Readable): KubeObject {
  const rest = without(object, 'apiVersion', 'kind', 'metadata');
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    // A name that is not there yet comes from `generateName`, or is refused by the verb.
    metadata: { name: '', ...(object['metadata'] as object | undefined) },
    ...rest,
  };
}

function isEmptied(json: unknown): boolean {
  const { managedFields } = (json as { metadata?: { managedFields?: unknown } | null }).metadata ?? {};
  return Array.isArray(managedFields) && managedFields.length === 0;
}

/** Throws a 400 when the value says that it is something else. */
export function checkKind(json: unknown, { resource }: Readable): void {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw cannotDecode(resource, 'the body is not an object');
  const { apiVersion, kind } = json as { apiVersion?: unknown; kind?: unknown };
  const expected = apiVersionOf(resource);
  if (apiVersion !== undefined && apiVersion !== '' && apiVersion !== expected)
    throw badRequest(
      `the API version in the data (${asText(apiVersion)}) does not match the expected API version (${expected})`,
    );
  if (kind !== undefined && kind !== '' && kind !== resource.kind)
    throw badRequest(
      `the kind in the data (${asText(kind)}) does not match the expected kind (${resource.kind})`,
    );
}

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

type FieldValidation = 'Strict' | 'Warn' | 'Ignore';
type Options = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions';

export const invalidOptions = (options: Options, wrong: readonly FieldError[]) =>
  invalid({ group: 'meta.k8s.io', kind: options }, '', [...wrong]);

/** Throws a 422: of requests whose verb has not looked at `wrongOptions` before, which are POSTs. */
export function fieldValidationOf(query: URLSearchParams): FieldValidation {
  const wrong = wrongFieldValidation(query);
  if (wrong.length > 0) throw invalidOptions('CreateOptions', wrong);
  return (query.get('fieldValidation') || 'Warn') as FieldValidation;
}

/** `dryRun=All` in the query: everything but the write. */
export function isDryRun(query: URLSearchParams): boolean {
  return checkDryRun(dryRunOf(query), 'CreateOptions');
}

export function checkDryRun(values: readonly string[], options: Options): boolean {
  const wrong = wrongDryRun(values);
  if (wrong.length > 0) throw invalidOptions(options, wrong);
  return values.length > 0;
}

/** What is wrong with what every write may say in its query. */
export const wrongOptions = (query: URLSearchParams): FieldError[] => [
  ...wrongDryRun(dryRunOf(query)),
  ...wrongFieldValidation(query),
];

const dryRunOf = (query: URLSearchParams) => query.getAll('dryRun').filter((value) => value !== '');

const wrongDryRun = (values: readonly string[]): FieldError[] =>
  values.every((value) => value === 'All') ? [] : [fieldNotSupported('dryRun', values, ['All'])];

const levels = ['', 'Ignore', 'Strict', 'Warn'] satisfies (FieldValidation | '')[] as readonly string[];

function wrongFieldValidation(query: URLSearchParams): FieldError[] {
  const level = query.get('fieldValidation') ?? '';
  return levels.includes(level) ? [] : [fieldNotSupported('fieldValidation', level, levels)];
}
