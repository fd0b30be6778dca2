/**
 * Errors of the API are data: made here by name, tested by `isNotFound(err)` and the like, and written
 * as a `Status` by one outer layer. Reasons and codes as in
 * https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#response-status-kind
 */
import { qualifiedName, type Resource } from './resource.ts';
import type { Status, StatusCause, StatusDetails } from './types.ts';

export class StatusError extends Error {
  readonly status: Status;
  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.name = 'StatusError';
    this.status = {
      apiVersion: 'v1',
      kind: 'Status',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      ...(details && { details }),
      code,
    };
  }

  /** The error that a `Status` read from the wire stands for. */
  static from(status: Status): StatusError {
    const { code, reason = 'Unknown', message = reason, details } = status;
    return new StatusError(code, reason, message, details);
  }
}

type Named = Pick<Resource, 'group' | 'plural'>;

const detailsOf = (r: Named, name?: string): StatusDetails => ({
  ...(name && { name }),
  ...(r.group && { group: r.group }),
  kind: r.plural,
});

export const notFound = (r: Named, name: string) =>
  new StatusError(404, 'NotFound', `${qualifiedName(r)} "${name}" not found`, detailsOf(r, name));

export const alreadyExists = (r: Named, name: string) =>
  new StatusError(409, 'AlreadyExists', `${qualifiedName(r)} "${name}" already exists`, detailsOf(r, name));

export const conflict = (r: Named, name: string, why: string) =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualifiedName(r)} "${name}": ${why}`,
    detailsOf(r, name),
  );

/** What a writer hears whose copy is not the newest. */
export const modified = (r: Named, name: string) =>
  conflict(
    r,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );

export const badRequest = (message: string) => new StatusError(400, 'BadRequest', message);

export const unauthorized = () => new StatusError(401, 'Unauthorized', 'Unauthorized');

export const forbidden = (r: Named, name: string, why: string) =>
  new StatusError(
    403,
    'Forbidden',
    `${qualifiedName(r)}${name ? ` "${name}"` : ''} is forbidden: ${why}`,
    detailsOf(r, name),
  );

export const methodNotAllowed = (r: Named, verb: string) =>
  new StatusError(
    405,
    'MethodNotAllowed',
    `${verb} is not supported on resources of kind "${qualifiedName(r)}"`,
    detailsOf(r),
  );

/** 410: the resourceVersion that was asked for is compacted away; list again. */
export const expired = (message: string) => new StatusError(410, 'Expired', message);

export const unsupportedMediaType = (message: string) =>
  new StatusError(415, 'UnsupportedMediaType', message);

export const tooLarge = (limitBytes: number) =>
  new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limitBytes}`);

/** 503: what the request would be passed on to is not there, or does not answer. */
export const serviceUnavailable = (message: string) => new StatusError(503, 'ServiceUnavailable', message);

export const internal = (message: string) =>
  new StatusError(500, 'InternalError', `Internal error occurred: ${message}`);

/** One thing that is wrong with one field: `spec.ports[0].nodePort`. */
export interface FieldError {
  /** `FieldValueInvalid`, `FieldValueRequired`, `FieldValueDuplicate`, `FieldValueForbidden`, … */
  reason: string;
  field: string;
  /** Without the path: `Invalid value: 80: provided port is not in the valid range`. */
  message: string;
}

/** Values as Kubernetes quotes them in messages. */
const show = (value: unknown) =>
  typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? 'null');

export const fieldInvalid = (field: string, value: unknown, why: string): FieldError => ({
  reason: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${show(value)}: ${why}`,
});
export const fieldRequired = (field: string, why = ''): FieldError => ({
  reason: 'FieldValueRequired',
  field,
  message: `Required value${why && `: ${why}`}`,
});
export const fieldDuplicate = (field: string, value: unknown): FieldError => ({
  reason: 'FieldValueDuplicate',
  field,
  message: `Duplicate value: ${show(value)}`,
});
export const fieldForbidden = (field: string, why: string): FieldError => ({
  reason: 'FieldValueForbidden',
  field,
  message: `Forbidden: ${why}`,
});
export const fieldNotSupported = (
  field: string,
  value: unknown,
  supported: readonly string[],
): FieldError => ({
  reason: 'FieldValueNotSupported',
  field,
  message: `Unsupported value: ${show(value)}: supported values: ${supported.map((s) => JSON.stringify(s)).join(', ')}`,
});

export const fieldNotFound = (field: string, value: unknown): FieldError => ({
  reason: 'FieldValueNotFound',
  field,
  message: `Not found: ${show(value)}`,
});
export const fieldTooLong = (field: string, maxBytes: number): FieldError => ({
  reason: 'FieldValueTooLong',
  field,
  message: `Too long: may not be more than ${maxBytes} bytes`,
});
export const fieldTooMany = (field: string, count: number, max: number): FieldError => ({
  reason: 'FieldValueTooMany',
  field,
  message: `Too many: ${count}: must have at most ${max} items`,
});

/** 422: the object was understood and is wrong, with one cause for each field. */
export function invalid(
  r: Pick<Resource, 'group' | 'kind'>,
  name: string,
  errors: FieldError[],
): StatusError {
  const kind = r.group ? `${r.kind}.${r.group}` : r.kind;
  const said = errors.map((e) => `${e.field}: ${e.message}`);
  const causes: StatusCause[] = errors.map(({ reason, message, field }) => ({ reason, message, field }));
  return new StatusError(
    422,
    'Invalid',
    `${kind} "${name}" is invalid: ${said.length === 1 ? said[0] : `[${said.join(', ')}]`}`,
    { ...(name && { name }), ...(r.group && { group: r.group }), kind: r.kind, causes },
  );
}

const hasReason = (err: unknown, reason: string) =>
  err instanceof StatusError && err.status.reason === reason;

export const isNotFound = (err: unknown) => hasReason(err, 'NotFound');
export const isAlreadyExists = (err: unknown) => hasReason(err, 'AlreadyExists');
export const isConflict = (err: unknown) => hasReason(err, 'Conflict');
export const isExpired = (err: unknown) => hasReason(err, 'Expired') || hasReason(err, 'Gone');
export const isForbidden = (err: unknown) => hasReason(err, 'Forbidden');
