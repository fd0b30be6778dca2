/**
 * Answers reviews: questions about identity and access in the form of objects that are created but never
 * stored. That the user may ask has been authorized before, as for any create.
 */
import { methodNotAllowed } from '../../api/errors.ts';
import type { KubeObject } from '../../api/types.ts';
import type { ServiceAccountTokens } from '../authn/tokens.ts';
import type { RbacAuthorizer } from '../authz/rbac.ts';
import type { Answer, ApiRequest } from '../contract.ts';
import { readBody } from '../request/input.ts';
import { parsePath } from '../request/path.ts';
import { negotiate, notAcceptable } from '../wire/index.ts';
import { reviewAccess, reviewOwnAccess } from './access.ts';
import { reviewSelf, reviewToken } from './identity.ts';
import {
  localSubjectAccessReview,
  type ReviewKind,
  reviewKinds,
  selfSubjectAccessReview,
  selfSubjectReview,
  selfSubjectRulesReview,
  subjectAccessReview,
  tokenReview,
} from './kinds.ts';
import { reviewRules } from './rules.ts';
import type { SelfSubjectRulesReview, SubjectAccessReview, TokenReview } from './types.ts';

export interface ReviewDeps {
  tokens: Pick<ServiceAccountTokens, 'verify'>;
  authorizer: RbacAuthorizer;
}

/** `undefined` for a request that is about something else. Rejects with a `StatusError`. */
export async function reviewsAnswer(request: ApiRequest, deps: ReviewDeps): Promise<Answer | undefined> {
  const found = kindOf(request.path);
  if (!found) return undefined;
  if (request.method !== 'POST') throw methodNotAllowed(found.kind.resource, request.method);
  // A review is had as it is: no Table shows it.
  if (!negotiate(request.headers['accept'], {})) throw notAcceptable();
  const { object, warnings } = readBody(request, found.kind);
  const status = await statusOf(found.kind, withSpec(object), found.namespace, request, deps);
  const { name, ...metadata } = object.metadata;
  const answer = { ...object, metadata: { ...(name && { name }), ...metadata }, status };
  return { code: 201, object: answer, ...(warnings.length > 0 && { warnings }) };
}

function kindOf(path: string): { kind: ReviewKind; namespace?: string } | undefined {
  // Every request passes here.
  if (!path.startsWith('/apis/auth')) return undefined;
  const target = parsePath(path);
  if (!target || target.name !== undefined) return undefined;
  const { group, version, plural, namespace } = target;
  const kind = reviewKinds.find(
    ({ resource: r }) => r.group === group && r.version === version && r.plural === plural,
  );
  if (!kind || kind.resource.namespaced !== (namespace !== undefined)) return undefined;
  return { kind, ...(namespace !== undefined && { namespace }) };
}

type Reviewed = KubeObject & { spec: object };

const withSpec = (object: KubeObject): Reviewed => ({ spec: {}, ...object });

function statusOf(
  kind: ReviewKind,
  object: Reviewed,
  namespace: string | undefined,
  { user }: ApiRequest,
  { tokens, authorizer }: ReviewDeps,
): object | Promise<object> {
  switch (kind) {
    case tokenReview:
      return reviewToken(object as TokenReview, tokens);
    case selfSubjectReview:
      return reviewSelf(user);
    case subjectAccessReview:
    case localSubjectAccessReview:
      return reviewAccess(kind, (object as SubjectAccessReview).spec, namespace, authorizer);
    case selfSubjectAccessReview:
      return reviewOwnAccess(kind, object.spec, user, authorizer);
    case selfSubjectRulesReview:
      return reviewRules((object as SelfSubjectRulesReview).spec, user, authorizer);
    default:
      throw new Error(`Cannot answer a ${kind.resource.kind}: nothing here knows how`);
  }
}
