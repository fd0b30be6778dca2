/** Under which name a request writes. https://kubernetes.io/docs/reference/using-api/server-side-apply/#managers */
import {
  type FieldError,
  fieldForbidden,
  fieldInvalid,
  fieldRequired,
  fieldTooLong,
} from '../../api/errors.ts';
import type { ApiRequest } from '../contract.ts';
import { invalidOptions, wrongOptions } from '../request/input.ts';

const maxBytes = 128;

/** `fieldManager` of the query, or what the client's `User-Agent` says in front of its version. */
export function managerOf({ query, headers }: Pick<ApiRequest, 'query' | 'headers'>): string {
  return query.get('fieldManager') || fromUserAgent(headers['user-agent'] ?? '') || 'unknown';
}

type Options = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions';

/** Throws a 422 when the query does not say properly who writes, and how. */
export function checkWriter(query: URLSearchParams, options: Options): void {
  const force = options === 'PatchOptions' && query.has('force');
  refuse(options, [
    ...(force ? [fieldForbidden('force', 'may not be specified for non-apply patch')] : []),
    ...wrongManager(query),
    ...wrongOptions(query),
  ]);
}

/** The same for server-side apply, which nobody does without a name. */
export function checkApplier(query: URLSearchParams): void {
  const missing = !query.get('fieldManager');
  refuse('PatchOptions', [
    ...(missing ? [fieldRequired('fieldManager', 'is required for apply patch')] : []),
    ...wrongManager(query),
    ...wrongOptions(query),
  ]);
}

function refuse(options: Options, errors: FieldError[]): void {
  if (errors.length > 0) throw invalidOptions(options, errors);
}

function wrongManager(query: URLSearchParams): FieldError[] {
  const manager = query.get('fieldManager') ?? '';
  if (Buffer.byteLength(manager) > maxBytes) return [fieldTooLong('fieldManager', maxBytes)];
  return Array.from(manager).flatMap((character, at) =>
    isPrintable(character)
      ? []
      : [fieldInvalid('fieldManager', manager, `invalid character ${named(character)} (at position ${at})`)],
  );
}

/** Letters, marks, numbers, punctuation, symbols, and of all spaces only the plain one. */
const isPrintable = (character: string) =>
  character === ' ' || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character);

const named = (character: string) =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

function fromUserAgent(userAgent: string): string {
  const [name = ''] = userAgent.split('/', 1);
  let manager = '';
  let bytes = 0;
  for (const character of name) {
    if (!isPrintable(character)) continue;
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) break;
    manager += character;
  }
  return manager;
}
