/**
 * One thing that happened, as a line of the log: `audit.k8s.io/v1.Event`.
 * https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/#audit-k8s-io-v1-Event
 */
import type { KubeObject, Status } from '../../api/types.ts';
import { rfc3339Micro } from '../../lib/clock.ts';
import { impersonatorOf } from '../authn/impersonation.ts';
import type { Attributes, Decision as Authorized } from '../authz/contract.ts';
import type { Answer, ApiRequest, User } from '../contract.ts';
import { userInfo } from '../reviews/types.ts';
import type { Level, Stage } from './policy.ts';

export interface Beginning {
  auditID: string;
  level: Level;
  request: ApiRequest;
  attributes: Attributes;
  authorized: Authorized;
  receivedMs: number;
}

export interface Begun {
  annotations: Readonly<Record<string, string>>;
  [field: string]: unknown;
}

/** What every event of one request says. */
export function beginningOf({
  auditID,
  level,
  request,
  attributes,
  authorized,
  receivedMs,
}: Beginning): Begun {
  const { user, path, query, headers } = request;
  const search = query.toString();
  const impersonator = impersonatorOf(user);
  const sourceIPs = sourcesOf(request);
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level,
    auditID,
    requestURI: search ? `${path}?${search}` : path,
    verb: attributes.verb,
    user: plainUser(impersonator ?? user),
    ...(impersonator && { impersonatedUser: plainUser(user) }),
    ...(sourceIPs.length > 0 && { sourceIPs }),
    ...(headers['user-agent'] && { userAgent: headers['user-agent'] }),
    ...(attributes.resource && { objectRef: referenceOf(attributes.resource) }),
    requestReceivedTimestamp: rfc3339Micro(receivedMs),
    annotations: {
      'authorization.k8s.io/decision': authorized.allowed ? 'allow' : 'forbid',
      'authorization.k8s.io/reason': authorized.reason,
    },
  };
}

const plainUser = (user: User) => userInfo(user);

function referenceOf({
  group,
  version,
  plural,
  subresource,
  namespace,
  name,
}: NonNullable<Attributes['resource']>) {
  return {
    resource: plural,
    ...(namespace && { namespace }),
    ...(name && { name }),
    ...(group && { apiGroup: group }),
    apiVersion: version,
    ...(subresource && { subresource }),
  };
}

/** Those that a proxy tells of first, and at last whose connection it is. */
function sourcesOf({ headers, clientAddress, wire }: ApiRequest): string[] {
  const told = [...(headers['x-forwarded-for'] ?? '').split(','), headers['x-real-ip'] ?? ''];
  const address = clientAddress ?? wire?.clientAddress ?? '';
  return [...new Set([...told.map((ip) => ip.trim()), address.replace(/^::ffff:/, '')])].filter(Boolean);
}

export interface Ended {
  stage: Stage;
  atMs: number;
  code?: number;
  requestObject?: unknown;
  responseObject?: unknown;
}

/** The event as its line, without the line's end. */
export function lineOf(
  beginning: object,
  { stage, atMs, code, requestObject, responseObject }: Ended,
): string {
  return JSON.stringify({
    ...beginning,
    stage,
    ...(code !== undefined && { responseStatus: statusOf(code, responseObject) }),
    ...(requestObject !== undefined && { requestObject }),
    ...(responseObject !== undefined && { responseObject }),
    stageTimestamp: rfc3339Micro(atMs),
  });
}

const statusOf = (code: number, object: unknown) => {
  const { status, reason, message } = (isStatus(object) ? object : {}) as Partial<Status>;
  return {
    metadata: {},
    ...(status && { status }),
    ...(message && { message }),
    ...(reason && { reason }),
    code,
  };
};

const isStatus = (object: unknown): boolean => (object as KubeObject | undefined)?.kind === 'Status';

/** The object of an answer as the client sees it, if it is one. */
export function objectOf(answer: Answer): unknown {
  if (!('object' in answer)) return undefined;
  const text = answer.json ?? (answer.jsonParts && [...answer.jsonParts()].join(''));
  return text === undefined ? answer.object : JSON.parse(text);
}

/** The object, and the items of a list, without who owns which field. */
export function withoutManagedFields(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { metadata, items } = value as { metadata?: { managedFields?: unknown }; items?: unknown };
  return {
    ...value,
    ...(metadata && { metadata: { ...metadata, managedFields: undefined } }),
    ...(Array.isArray(items) && { items: items.map(withoutManagedFields) }),
  };
}
