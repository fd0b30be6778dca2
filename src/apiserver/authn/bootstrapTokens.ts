/**
 * Short tokens by which a machine gets its first certificate: `07401b.f395accd246ae52d`, kept in Secrets of
 * kube-system.
 * https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/
 */
import { timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { User } from '../contract.ts';
import { authenticatedGroup } from './groups.ts';
import type { TokenLookup } from './lookup.ts';

const form = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const groupForm = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;

/** Whether a text has the form of a bootstrap token: no other token looks like it. */
export const isBootstrapToken = (token: string): boolean => form.test(token);

/** Whom the token stands for; rejects with an `Error` when it does not hold. */
export async function bootstrapUser(
  token: string,
  lookup: Pick<TokenLookup, 'secret'>,
  clock: Clock,
): Promise<User> {
  const [, id = '', shown = ''] = form.exec(token) ?? [];
  const secret = await lookup.secret('kube-system', `bootstrap-token-${id}`);
  if (!secret || !holds(secret, id, shown, clock.now())) throw new Error('invalid bearer token');
  return {
    name: `system:bootstrap:${id}`,
    groups: ['system:bootstrappers', ...extraGroups(secret), authenticatedGroup],
  };
}

const textOf = ({ data }: Secret, key: string) => Buffer.from(data?.[key] ?? '', 'base64').toString();

function holds(secret: Secret, id: string, shown: string, nowMs: number): boolean {
  const stored = Buffer.from(textOf(secret, 'token-secret'));
  const expiration = textOf(secret, 'expiration');
  return (
    secret.type === 'bootstrap.kubernetes.io/token' &&
    !secret.metadata.deletionTimestamp &&
    textOf(secret, 'token-id') === id &&
    textOf(secret, 'usage-bootstrap-authentication') === 'true' &&
    // A time that cannot be read is as good as over.
    (expiration === '' || Date.parse(expiration) > nowMs) &&
    stored.length === shown.length &&
    timingSafeEqual(stored, Buffer.from(shown))
  );
}

/** One that is wrong makes all of them wrong: nobody is to end up in fewer groups than he thinks. */
function extraGroups(secret: Secret): string[] {
  const groups = textOf(secret, 'auth-extra-groups').split(',').filter(Boolean);
  if (!groups.every((group) => groupForm.test(group))) throw new Error('invalid bearer token');
  return groups;
}
