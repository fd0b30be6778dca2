/**
 * Bearer tokens, verified on every request. Those of service accounts are made for TokenRequests, and hold
 * only as long as the account, and the object that they are bound to, exist with the same uid.
 */
import type { Clock } from '../../lib/clock.ts';
import { tokenSigner, tokenVerifier } from '../../lib/pki/jwt.ts';
import { publicKeyOf } from '../../lib/pki/signingKey.ts';
import type { User } from '../contract.ts';
import { bootstrapUser, isBootstrapToken } from './bootstrapTokens.ts';
import { type ServiceAccountClaims, serviceAccountClaims } from './claims.ts';
import { authenticatedGroup, serviceAccountGroups } from './groups.ts';
import { legacyIssuer, legacyUser } from './legacyTokens.ts';
import type { TokenLookup } from './lookup.ts';
import { remember } from './remember.ts';

export interface TokenOptions {
  /** PEM, ECDSA P-256. Signs new tokens. */
  signingKey: string;
  /** PEM; keys whose tokens are still honoured besides the signing key. */
  olderKeys?: readonly string[];
  /** `https://kubernetes.default.svc.cluster.local` */
  issuer: string;
  /** What this API server answers to; the issuer when left out. */
  audiences?: readonly string[];
  lookup: TokenLookup;
  clock: Clock;
}

export interface Verified {
  user: User;
  /** Those of the token that were asked for. */
  audiences: string[];
}

export interface ServiceAccountTokens {
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** PEM; of all keys whose tokens hold. */
  readonly publicKeys: readonly string[];
  sign(claims: ServiceAccountClaims): string;
  /** Whom the token stands for; rejects with an `Error` that says why it does not hold. */
  verify(token: string, audiences?: readonly string[]): Promise<Verified>;
}

/** Signatures that were checked already are remembered; the rest is looked at again every time. */
const rememberedTokens = 1000;

export function serviceAccountTokens(options: TokenOptions): ServiceAccountTokens {
  const { issuer, audiences = [issuer], lookup, clock } = options;
  const publicKeys = [options.signingKey, ...(options.olderKeys ?? [])].map(publicKeyOf);
  const signClaims = tokenSigner(options.signingKey);
  const signed = remember(tokenVerifier(publicKeys), rememberedTokens);
  /** Of a token that says nothing of audiences: it is for this server. */
  const ownAudiences = (wanted: readonly string[]) => {
    const common = wanted.filter((a) => audiences.includes(a));
    if (common.length > 0) return common;
    throw new Error(
      `token audiences ${quoted(audiences)} is invalid for the target audiences ${quoted(wanted)}`,
    );
  };
  return {
    issuer,
    audiences,
    publicKeys,
    sign: (claims) => signClaims({ ...claims }),
    async verify(token, wanted = audiences) {
      if (isBootstrapToken(token))
        return { user: await bootstrapUser(token, lookup, clock), audiences: ownAudiences(wanted) };
      const read = signed(token);
      if (read?.['iss'] === legacyIssuer)
        return { user: await legacyUser(token, read, lookup), audiences: ownAudiences(wanted) };
      const claims = read && serviceAccountClaims(read);
      if (!claims || claims.iss !== issuer) throw new Error('invalid bearer token');
      const common = wanted.filter((a) => claims.aud.includes(a));
      if (common.length === 0)
        throw new Error(
          `token audiences ${quoted(claims.aud)} is invalid for the target audiences ${quoted(wanted)}`,
        );
      const nowS = clock.now() / 1000;
      if (nowS >= claims.exp) throw new Error('service account token has expired');
      if (nowS < claims.nbf) throw new Error('service account token is not valid yet');
      await checkBound(claims['kubernetes.io'], lookup);
      return { user: userOf(claims), audiences: common };
    },
  };
}

const quoted = (list: readonly string[]) => JSON.stringify(list);

async function checkBound(bound: ServiceAccountClaims['kubernetes.io'], lookup: TokenLookup): Promise<void> {
  const { namespace, serviceaccount, pod, secret, node } = bound;
  const account = await lookup.serviceAccount(namespace, serviceaccount.name);
  if (account?.metadata.uid !== serviceaccount.uid)
    throw new Error('service account token has been invalidated');
  if (pod && (await lookup.pod(namespace, pod.name))?.metadata.uid !== pod.uid)
    throw new Error('pod of the service account token is gone');
  if (secret && (await lookup.secret(namespace, secret.name))?.metadata.uid !== secret.uid)
    throw new Error('secret of the service account token is gone');
  // A pod's token also names its node, as information; it is bound to the node only when there is no pod.
  if (node && !pod && (await lookup.node(node.name))?.metadata.uid !== node.uid)
    throw new Error('node of the service account token is gone');
}

function userOf({ sub, jti, 'kubernetes.io': bound }: ServiceAccountClaims): User {
  const { namespace, serviceaccount, pod, node } = bound;
  const word = 'authentication.kubernetes.io';
  return {
    name: sub,
    uid: serviceaccount.uid,
    groups: [...serviceAccountGroups(namespace), authenticatedGroup],
    extra: {
      [`${word}/credential-id`]: [`JTI=${jti}`],
      ...(node && { [`${word}/node-name`]: [node.name], [`${word}/node-uid`]: [node.uid] }),
      ...(pod && { [`${word}/pod-name`]: [pod.name], [`${word}/pod-uid`]: [pod.uid] }),
    },
  };
}
