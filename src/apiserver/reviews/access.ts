/** May somebody do something? */
import { badRequest, type FieldError, fieldInvalid, invalid } from '../../api/errors.ts';
import type { Attributes, Authorizer } from '../authz/contract.ts';
import type { User } from '../contract.ts';
import type { ReviewKind } from './kinds.ts';
import { selectedOf, selectorErrors } from './selectors.ts';
import type { SubjectAccessReview } from './types.ts';

type Spec = SubjectAccessReview['spec'];
type Question = Pick<Spec, 'resourceAttributes' | 'nonResourceAttributes'>;

interface AccessStatus {
  allowed: boolean;
  reason?: string;
}

/** About anybody: `SubjectAccessReview`, and about one namespace only: `LocalSubjectAccessReview`. */
export function reviewAccess(
  kind: ReviewKind,
  spec: Spec,
  namespace: string | undefined,
  authorizer: Authorizer,
): AccessStatus {
  const { user: name = '', groups = [], uid, extra } = spec;
  const nobody = !name && groups.length === 0;
  check(
    kind,
    spec,
    nobody ? [fieldInvalid('spec.user', name, 'at least one of user or group must be specified')] : [],
  );
  if (namespace !== undefined && spec.resourceAttributes?.namespace !== namespace)
    throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${namespace}`);
  const user: User = { name, groups, ...(uid && { uid }), ...(extra && { extra }) };
  return decide(user, spec, authorizer);
}

/** About oneself: `kubectl auth can-i`. */
export function reviewOwnAccess(
  kind: ReviewKind,
  spec: Question,
  user: User,
  authorizer: Authorizer,
): AccessStatus {
  check(kind, spec, []);
  return decide(user, spec, authorizer);
}

function check({ resource }: ReviewKind, spec: Question, more: FieldError[]): void {
  const asked = [spec.resourceAttributes, spec.nonResourceAttributes].filter(Boolean).length;
  const wrong = [
    ...(asked === 1
      ? []
      : [
          fieldInvalid(
            'spec.resourceAttributes',
            spec.resourceAttributes ?? null,
            'exactly one of nonResourceAttributes or resourceAttributes must be specified',
          ),
        ]),
    ...selectorErrors(spec.resourceAttributes),
    ...more,
  ];
  if (wrong.length > 0) throw invalid(resource, '', wrong);
}

/** Only an allowance gives its reason, as in Kubernetes: what is not allowed is so because nothing allows it. */
function decide(user: User, question: Question, authorizer: Authorizer): AccessStatus {
  const { allowed, reason } = authorizer.authorize(attributesOf(user, question));
  return { allowed, ...(allowed && reason && { reason }) };
}

function attributesOf(
  user: User,
  { resourceAttributes: asked, nonResourceAttributes }: Question,
): Attributes {
  if (!asked)
    return { user, verb: nonResourceAttributes?.verb ?? '', path: nonResourceAttributes?.path ?? '' };
  const selected = selectedOf(asked);
  const { verb = '', group = '', version = '*', resource: plural = '', subresource, namespace, name } = asked;
  return {
    user,
    verb,
    path: '',
    resource: {
      group,
      version,
      plural,
      ...(subresource && { subresource }),
      ...(namespace && { namespace }),
      ...(name && { name }),
    },
    ...(selected && { selected }),
  };
}
