/**
 * What a list or watch asks for in its query, and which combinations make no sense.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list
 */
import {
  badRequest,
  type FieldError,
  fieldForbidden,
  fieldInvalid,
  fieldNotSupported,
  invalid,
} from '../../api/errors.ts';
import { isTrue } from '../authorize.ts';
import { parseResourceVersion } from './resourceVersion.ts';

export interface ListOptions {
  /** Undefined: the newest; 0: any. */
  resourceVersion?: number;
  match?: string;
  /** Undefined: all. */
  limit?: number;
  continue?: string;
  sendInitialEvents?: boolean;
  bookmarks: boolean;
  timeoutMs?: number;
}

export function readListOptions(query: URLSearchParams, verb: 'list' | 'watch'): ListOptions {
  const resourceVersion = parseResourceVersion(query.get('resourceVersion'));
  const match = query.get('resourceVersionMatch');
  const limit = wholeNumber(query, 'limit');
  const timeoutSeconds = wholeNumber(query, 'timeoutSeconds');
  const token = query.get('continue');
  const options: ListOptions = {
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(match && { match }),
    ...(limit && { limit }),
    ...(token && { continue: token }),
    ...(query.has('sendInitialEvents') && { sendInitialEvents: isTrue(query.get('sendInitialEvents')) }),
    ...(timeoutSeconds && { timeoutMs: timeoutSeconds * 1000 }),
    bookmarks: isTrue(query.get('allowWatchBookmarks')),
  };
  const errors = verb === 'watch' ? watchErrors(options) : listErrors(options);
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
  return options;
}

/** How Go writes spans of time. https://pkg.go.dev/time#ParseDuration */
const duration = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

/** Clients send how long they wait (`kubectl --request-timeout`). No answer here takes so long; what makes no sense is a 400. */
export function checkTimeout(query: URLSearchParams): void {
  const timeout = query.get('timeout');
  if (timeout && !duration.test(timeout))
    throw badRequest(
      `invalid timeout specified in the request URL - time: invalid duration ${JSON.stringify(timeout)}`,
    );
}

function listErrors({
  match,
  resourceVersion,
  continue: token,
  sendInitialEvents,
}: ListOptions): FieldError[] {
  const errors: FieldError[] = [];
  if (sendInitialEvents !== undefined)
    errors.push(fieldForbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  if (match === undefined) return errors;
  if (resourceVersion === undefined)
    errors.push(
      fieldForbidden(
        'resourceVersionMatch',
        'resourceVersionMatch is forbidden unless resourceVersion is provided',
      ),
    );
  if (token)
    errors.push(
      fieldForbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'),
    );
  if (match !== 'Exact' && match !== 'NotOlderThan')
    errors.push(fieldNotSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan']));
  if (match === 'Exact' && resourceVersion === 0)
    errors.push(
      fieldForbidden(
        'resourceVersionMatch',
        'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
      ),
    );
  return errors;
}

function watchErrors({ match, sendInitialEvents, bookmarks }: ListOptions): FieldError[] {
  if (sendInitialEvents === undefined)
    return match === undefined
      ? []
      : [
          fieldForbidden(
            'resourceVersionMatch',
            'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
          ),
        ];
  const errors: FieldError[] = [];
  if (match !== 'NotOlderThan')
    errors.push(
      fieldForbidden(
        'resourceVersionMatch',
        'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
      ),
    );
  if (sendInitialEvents && !bookmarks)
    errors.push(fieldForbidden('sendInitialEvents', 'sendInitialEvents requires allowWatchBookmarks'));
  return errors;
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^\d{1,10}$/.test(text))
    throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [
      fieldInvalid(name, text, 'must be a whole number that is not negative'),
    ]);
  return Number(text);
}
