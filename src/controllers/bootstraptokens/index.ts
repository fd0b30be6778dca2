/** Bootstrap tokens: removed when they are over, and what they sign is kept signed. */
import { isAlreadyExists, isNotFound } from '../../api/errors.ts';
import { configMaps, secrets } from '../../api/resource.ts';
import { keyOf } from '../../client/contract.ts';
import type { Controller } from '../loop.ts';
import { clusterInfo, clusterKubeconfig } from './clusterInfo.ts';
import { expiresAtMs, isBootstrapSecret } from './token.ts';

/** https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/#enabling-bootstrap-token-authentication */
const cleaner: Controller = {
  name: 'token-cleaner',
  start(context) {
    const { client, clock, again } = context;
    const known = context.watch(secrets, (now) => (now && isBootstrapSecret(now) ? [keyOf(now)] : []));
    return async (key) => {
      const secret = known.get(key);
      const endsAtMs = secret && expiresAtMs(secret);
      if (!secret || endsAtMs === undefined) return;
      if (endsAtMs > clock.now()) return again(key, endsAtMs - clock.now());
      const { name, namespace = '', uid = '' } = secret.metadata;
      await client.delete(secrets, { name, namespace }, { preconditions: { uid } }).catch((err: unknown) => {
        if (!isNotFound(err)) throw err;
      });
    };
  },
};

const target = { name: 'cluster-info', namespace: 'kube-public' };
const targetKey = `${target.namespace}/${target.name}`;

const signer: Controller = {
  name: 'bootstrap-signer',
  start(context) {
    const { client, clock, config } = context;
    const kubeconfig = clusterKubeconfig(config);
    const tokens = context.watch(secrets, (now, before) =>
      [now, before].some((secret) => secret && isBootstrapSecret(secret)) ? [targetKey] : [],
    );
    const maps = context.watch(configMaps, (now, before) =>
      keyOf((now ?? before) as NonNullable<typeof now>) === targetKey ? [targetKey] : [],
    );
    context.add(targetKey);
    return async () => {
      const data = clusterInfo(kubeconfig, [...tokens.list()].filter(isBootstrapSecret), clock.now());
      const found = maps.get(targetKey);
      if (found && sameData(found.data, data)) return;
      if (found) {
        await client.update(configMaps, { ...found, data });
        return;
      }
      await client.create(configMaps, { metadata: target, data }).catch((err: unknown) => {
        if (!isAlreadyExists(err)) throw err;
      });
    };
  },
};

const sameData = (a: Record<string, string> = {}, b: Record<string, string>): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(b).every(([key, value]) => a[key] === value);

export const bootstrapTokenControllers: readonly Controller[] = [cleaner, signer];
