/** Acting as somebody else, for who may. https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
import { badRequest } from '../../api/errors.ts';
import type { Attributes, Authorizer } from '../authz/contract.ts';
import { refused } from '../authz/refusal.ts';
import type { ApiRequest, User } from '../contract.ts';
import {
  anonymous,
  authenticatedGroup,
  serviceAccountGroups,
  serviceAccountOf,
  unauthenticatedGroup,
} from './groups.ts';

type Headers = ApiRequest['headers'];

const extraPrefix = 'impersonate-extra-';

/**
 * The user that the headers `Impersonate-User`, `-Group`, `-Uid` and `-Extra-…` ask for; the user itself
 * without them. Throws a `StatusError` 403 when one of them may not be impersonated.
 */
export function impersonate(user: User, headers: Headers, authorizer: Authorizer): User {
  const wanted = wantedUser(headers);
  if (!wanted) return user;
  for (const resource of targetsOf(wanted)) {
    const attributes: Attributes = { user, verb: 'impersonate', resource, path: '' };
    const decision = authorizer.authorize(attributes);
    if (!decision.allowed) throw refused(attributes, decision);
  }
  const impersonated = withImpliedGroups(wanted);
  impersonators.set(impersonated, user);
  return impersonated;
}

const impersonators = new WeakMap<User, User>();

/** Who acts as this user, if it is somebody else: for the audit log, and for nobody who decides. */
export const impersonatorOf = (user: User): User | undefined => impersonators.get(user);

function wantedUser(headers: Headers): User | undefined {
  const name = headers['impersonate-user'];
  const groups = listOf(headers['impersonate-group']);
  const uid = headers['impersonate-uid'];
  const extra = extraOf(headers);
  if (name) return { name, groups, ...(uid && { uid }), ...(extra && { extra }) };
  if (groups.length > 0 || uid || extra)
    throw badRequest('requested impersonation of groups, uid or extra without impersonating a user');
  return undefined;
}

function extraOf(headers: Headers): Record<string, string[]> | undefined {
  const entries = Object.keys(headers)
    .filter((header) => header.startsWith(extraPrefix))
    .map((header) => [decoded(header.slice(extraPrefix.length)), listOf(headers[header])]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** Percent-encoding is for characters that a header's name cannot have; what is none stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A header that came several times is one text with commas: RFC 9110, section 5.3. */
const listOf = (header: string | undefined): string[] =>
  header
    ?.split(',')
    .map((part) => part.trim())
    .filter(Boolean) ?? [];

type Target = NonNullable<Attributes['resource']>;

/** What the verb `impersonate` must be allowed on. */
function targetsOf({ name, groups, uid, extra = {} }: User): Target[] {
  const account = serviceAccountOf(name);
  const other = { group: 'authentication.k8s.io', version: 'v1' };
  return [
    account
      ? { group: '', version: 'v1', plural: 'serviceaccounts', ...account }
      : { group: '', version: 'v1', plural: 'users', name },
    ...groups.map((group) => ({ group: '', version: 'v1', plural: 'groups', name: group })),
    ...(uid ? [{ ...other, plural: 'uids', name: uid }] : []),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => ({ ...other, plural: 'userextras', subresource: key, name: value })),
    ),
  ];
}

function withImpliedGroups(user: User): User {
  const account = serviceAccountOf(user.name);
  const groups =
    user.groups.length === 0 && account ? serviceAccountGroups(account.namespace) : [...user.groups];
  const everybody = user.name === anonymous.name ? unauthenticatedGroup : authenticatedGroup;
  if (!groups.includes(authenticatedGroup) && !groups.includes(unauthenticatedGroup)) groups.push(everybody);
  return { ...user, groups };
}
