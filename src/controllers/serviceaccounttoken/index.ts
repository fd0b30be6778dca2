/**
 * Secrets of the type `kubernetes.io/service-account-token`: filled in with a token that does not end, and
 * removed with their account.
 * https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets
 */
import { isNotFound } from '../../api/errors.ts';
import { secrets, serviceAccounts } from '../../api/resource.ts';
import type { Secret, ServiceAccount } from '../../api/types.ts';
import { type Client, keyOf } from '../../client/contract.ts';
import { tokenSigner } from '../../lib/pki/jwt.ts';
import type { Controller } from '../loop.ts';
import { accountOf, filledIn, isTokenSecret } from './desired.ts';

export const serviceAccountToken: Controller = {
  name: 'tokens-controller',
  start(context) {
    const { client, config } = context;
    const { serviceAccountKey, caCertificate } = config;
    if (serviceAccountKey === undefined) return async () => {};
    const sign = tokenSigner(serviceAccountKey);
    const ofAccount = new Map<string, Set<string>>();
    const known = context.watch(secrets, (now, before) => {
      const secret = now ?? before;
      if (!secret || !isTokenSecret(secret)) return [];
      const account = accountOf(secret);
      const same = ofAccount.get(account) ?? new Set();
      if (now) ofAccount.set(account, same.add(keyOf(secret)));
      else if (same.delete(keyOf(secret)) && same.size === 0) ofAccount.delete(account);
      return [keyOf(secret)];
    });
    context.watch(serviceAccounts, (now, before) => {
      const account = now ?? before;
      return account ? (ofAccount.get(keyOf(account)) ?? []) : [];
    });

    return async (key) => {
      const secret = known.get(key);
      if (!secret || secret.metadata.deletionTimestamp) return;
      // The last word is the server's: an account may be newer than what was watched.
      const account = await accountNow(client, secret);
      const filled = account && filledIn(secret, account, caCertificate, sign);
      if (filled === undefined) return remove(client, secret);
      if (filled !== secret) await client.update(secrets, filled);
    };
  },
};

async function accountNow(client: Client, secret: Secret): Promise<ServiceAccount | undefined> {
  const [namespace = '', name = ''] = accountOf(secret).split('/');
  return client.get(serviceAccounts, name, namespace).catch((err: unknown) => {
    if (isNotFound(err)) return undefined;
    throw err;
  });
}

async function remove(client: Client, { metadata }: Secret): Promise<void> {
  const { name, namespace = '', uid = '' } = metadata;
  await client.delete(secrets, { name, namespace }, { preconditions: { uid } }).catch((err: unknown) => {
    if (!isNotFound(err)) throw err;
  });
}
