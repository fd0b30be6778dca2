/** `POST …/serviceaccounts/NAME/token`: a token for an account, for a time, bound to a pod if asked for. */
import {
  badRequest,
  conflict,
  fieldInvalid,
  forbidden,
  invalid,
  notFound,
  type StatusError,
} from '../../api/errors.ts';
import { nodes, pods, secrets, serviceAccounts } from '../../api/resource.ts';
import type { KubeObject, ServiceAccount } from '../../api/types.ts';
import { type Clock, rfc3339 } from '../../lib/clock.ts';
import { nodeNameOf } from '../authz/node.ts';
import type { User } from '../contract.ts';
import type { ObjectRef, ServiceAccountClaims } from './claims.ts';
import { serviceAccountUserName } from './groups.ts';
import type { TokenLookup } from './lookup.ts';
import type { ServiceAccountTokens } from './tokens.ts';

/** `authentication.k8s.io/v1.TokenRequest` */
export interface TokenRequest extends KubeObject {
  spec: {
    audiences?: string[];
    expirationSeconds?: number;
    boundObjectRef?: { kind?: string; apiVersion?: string; name?: string; uid?: string };
  };
  status?: { token: string; expirationTimestamp: string };
}

export interface MintDeps {
  tokens: ServiceAccountTokens;
  lookup: TokenLookup;
  clock: Clock;
  /** Makes the token's own id. */
  uuid: () => string;
}

/** Answers a TokenRequest: the request with its status. Rejects with a `StatusError`. */
export type MintToken = (
  account: { namespace: string; name: string },
  request: TokenRequest,
  user: User,
) => Promise<TokenRequest>;

type Bound = Pick<ServiceAccountClaims['kubernetes.io'], 'pod' | 'node' | 'secret'>;

const shortestS = 600;
const longestS = 2 ** 32;

export function tokenMinter({ tokens, lookup, clock, uuid }: MintDeps): MintToken {
  return async ({ namespace, name }, request, user) => {
    const { expirationSeconds = 3600, audiences = [] } = request.spec;
    checkDuration(expirationSeconds);
    const account = await lookup.serviceAccount(namespace, name);
    if (!account) throw notFound(serviceAccounts, name);
    const bound = await boundObjects(lookup, account, request.spec.boundObjectRef);
    checkNode(user, name, bound);
    const nowS = Math.floor(clock.now() / 1000);
    const claims: ServiceAccountClaims = {
      iss: tokens.issuer,
      sub: serviceAccountUserName(namespace, name),
      aud: audiences.length > 0 ? audiences : tokens.audiences,
      exp: nowS + expirationSeconds,
      iat: nowS,
      nbf: nowS,
      jti: uuid(),
      'kubernetes.io': { namespace, serviceaccount: refOf(account), ...bound },
    };
    return {
      ...request,
      metadata: { ...request.metadata, name, namespace, creationTimestamp: rfc3339(clock.now()) },
      spec: { ...request.spec, audiences: [...claims.aud], expirationSeconds },
      status: { token: tokens.sign(claims), expirationTimestamp: rfc3339(claims.exp * 1000) },
    };
  };
}

function checkDuration(seconds: number): void {
  const why =
    seconds < shortestS
      ? 'may not specify a duration less than 10 minutes'
      : seconds > longestS
        ? 'may not specify a duration larger than 2^32 seconds'
        : undefined;
  if (!why) return;
  const kind = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
  throw invalid(kind, '', [fieldInvalid('spec.expirationSeconds', seconds, why)]);
}

async function boundObjects(
  lookup: TokenLookup,
  account: ServiceAccount,
  ref: TokenRequest['spec']['boundObjectRef'],
): Promise<Bound> {
  if (!ref) return {};
  const { kind = '', apiVersion = '', name = '', uid } = ref;
  const namespace = account.metadata.namespace ?? '';
  switch (`${apiVersion} ${kind}`) {
    case 'v1 Pod': {
      const pod = await lookup.pod(namespace, name);
      if (!pod) throw notFound(pods, name);
      checkUid('Pod', pod, uid);
      if (pod.spec?.serviceAccountName !== account.metadata.name)
        throw badRequest(
          `cannot bind token for serviceaccount "${account.metadata.name}" to pod running with different serviceaccount name.`,
        );
      const node = pod.spec.nodeName ? await lookup.node(pod.spec.nodeName) : undefined;
      return { pod: refOf(pod), ...(node && { node: refOf(node) }) };
    }
    case 'v1 Secret': {
      const secret = await lookup.secret(namespace, name);
      if (!secret) throw notFound(secrets, name);
      checkUid('Secret', secret, uid);
      return { secret: refOf(secret) };
    }
    case 'v1 Node': {
      const node = await lookup.node(name);
      if (!node) throw notFound(nodes, name);
      checkUid('Node', node, uid);
      return { node: refOf(node) };
    }
    default:
      throw badRequest(`cannot bind token to object of type ${apiVersion}, Kind=${kind}`);
  }
}

function checkUid(kind: string, object: KubeObject, uid: string | undefined): void {
  if (!uid || uid === object.metadata.uid) return;
  throw conflict(
    { group: '', plural: kind },
    object.metadata.name,
    `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
  );
}

/** A kubelet gets tokens for the pods on its node only. */
function checkNode(user: User, account: string, { pod, node }: Bound): void {
  const nodeName = nodeNameOf(user);
  if (nodeName === undefined) return;
  const refuse = (why: string): StatusError => forbidden(serviceAccounts, account, why);
  if (!pod) throw refuse('node requested token not bound to a pod');
  if (node?.name !== nodeName)
    throw refuse('node requested token bound to a pod scheduled on a different node');
}

const refOf = ({ metadata }: KubeObject): ObjectRef => ({ name: metadata.name, uid: metadata.uid ?? '' });
