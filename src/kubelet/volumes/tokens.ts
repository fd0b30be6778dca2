/**
 * Tokens of service accounts, bound to the pod that uses them, asked for anew when 80% of their time is over.
 * https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken
 */
import { serviceAccounts } from '../../api/resource.ts';
import type { Pod } from '../../api/types.ts';
import type { Client } from '../../client/contract.ts';
import type { Clock } from '../../lib/clock.ts';

interface TokenAnswer {
  status: { token: string; expirationTimestamp: string };
}

export interface Tokens {
  get(pod: Pod, audience: string | undefined, expirationSeconds: number): Promise<string>;
  /** When the first of the pod's tokens should be asked for again. */
  refreshAtMs(uid: string): number | undefined;
  forget(uid: string): void;
}

const freshFor = 0.8;

export function serviceAccountTokens(client: Client, clock: Clock): Tokens {
  const known = new Map<string, Map<string, { token: string; refreshAtMs: number }>>();
  return {
    async get(pod, audience, expirationSeconds) {
      const { name, namespace = '', uid = '' } = pod.metadata;
      const ofPod = known.get(uid) ?? new Map();
      known.set(uid, ofPod);
      const key = `${audience ?? ''}/${expirationSeconds}`;
      const now = clock.now();
      const held = ofPod.get(key);
      if (held && now < held.refreshAtMs) return held.token;
      const account = { name: pod.spec?.serviceAccountName || 'default', namespace };
      const { status } = await client.post<TokenAnswer>(serviceAccounts, account, 'token', {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {
          audiences: audience ? [audience] : [],
          expirationSeconds,
          boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
        },
      });
      const lifetimeMs = Date.parse(status.expirationTimestamp) - now;
      ofPod.set(key, { token: status.token, refreshAtMs: now + lifetimeMs * freshFor });
      return status.token;
    },
    refreshAtMs(uid) {
      const times = [...(known.get(uid)?.values() ?? [])].map((held) => held.refreshAtMs);
      return times.length === 0 ? undefined : Math.min(...times);
    },
    forget: (uid) => void known.delete(uid),
  };
}
