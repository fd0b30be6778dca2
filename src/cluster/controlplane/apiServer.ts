/** The API server of one control plane, over the store: all its parts made and put together. */
import { randomUUID } from 'node:crypto';
import { builtinKinds } from '../../api/kinds.ts';
import { kindRegistry } from '../../api/registry.ts';
import type { Node } from '../../api/types.ts';
import { approveConnect } from '../../apiserver/admission/connect.ts';
import type { AdmissionPlugin } from '../../apiserver/admission/contract.ts';
import { configurations } from '../../apiserver/admission/dynamic/configurations.ts';
import { admissionPlugins } from '../../apiserver/admission/index.ts';
import { createAuthenticator } from '../../apiserver/authn/index.ts';
import { issuerAnswer } from '../../apiserver/authn/issuer.ts';
import { tokenMinter } from '../../apiserver/authn/tokenRequest.ts';
import { serviceAccountTokens } from '../../apiserver/authn/tokens.ts';
import { startAuthorizer } from '../../apiserver/authz/start.ts';
import { followCustomResources } from '../../apiserver/customresources/follow.ts';
import { createHandler, createMetrics, createServer, localClient } from '../../apiserver/index.ts';
import { randomIds } from '../../apiserver/object/ids.ts';
import { kubeletProxy } from '../../apiserver/proxy/index.ts';
import { reviewsAnswer } from '../../apiserver/reviews/index.ts';
import type { UpgradeHandler } from '../../apiserver/server.ts';
import { webhookAsker } from '../../apiserver/webhooks/client.ts';
import type { Client } from '../../client/contract.ts';
import type { Clock } from '../../lib/clock.ts';
import { logger } from '../../lib/log.ts';
import type { KeyPair } from '../../lib/pki/certificate.ts';
import type { Store } from '../../store/index.ts';
import type { ControlPlaneConfig } from '../config.ts';
import { auditOf } from './audit.ts';
import { identityOf, keepOwn, ownCertificates } from './certificates.ts';
import { lookups } from './lookups.ts';

const log = logger('controlplane');

export interface ApiServer {
  /** Asks it without a connection, as the control plane itself. */
  clientOf: (userAgent: string) => Client;
  /** Resolves when no request is under way any more. */
  close: () => Promise<void>;
}

export interface ApiServerOptions {
  config: ControlPlaneConfig;
  store: Store;
  clock: Clock;
  signal: AbortSignal;
}

/** Serves until it is closed; resolves when it listens. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { config, store, clock, signal } = options;
  const own = ownCertificates(config, clock);
  const pairs = await own.young();
  const parts = await partsOf(options, pairs.kubeletClient);
  const { kinds, authorizer, tokens, proxy, metrics, askWebhook } = parts;
  const audited = await auditOf(config, { authorizer, clock });
  const admission = admissionOf(options, parts);
  const served = handlerOf(options, parts, admission);
  const handler = audited?.handler(served) ?? served;
  const passOn: UpgradeHandler = async (request, socket, head, incoming) => {
    await approveConnect(admission, kinds, request);
    await proxy.upgrade(request, socket, head, incoming);
  };
  const server = createServer({
    handler,
    authenticate: createAuthenticator({ tokens, authorizer }),
    authorizer,
    upgrade: audited?.upgrade(passOn) ?? passOn,
    ...(audited && { onUnauthorized: (head) => audited.unauthorized(head) }),
    metrics,
    tls: { ...identityOf(pairs.serving), clientCa: config.authority.certificate },
  });
  keepOwn(own, pairs, { server, proxy, clock, signal });
  const clientOf = (userAgent: string) =>
    localClient(handler, { name: 'system:switchboard:controlplane', groups: ['system:masters'] }, userAgent);
  const custom = followCustomResources({
    ...{ store, kinds, clock, signal },
    client: clientOf('kube-apiserver'),
    askWebhook,
  });
  await custom.ready;
  await server.listen({ port: config.port, host: '::' });
  log.info({ port: config.port }, 'the API is served');
  return {
    clientOf,
    async close() {
      proxy.close();
      await server.close();
      await custom.ended;
    },
  };
}

/** What handling requests takes, each made once. */
async function partsOf({ config, store, clock }: ApiServerOptions, kubeletClient: KeyPair) {
  const lookup = lookups(store);
  const hooks = configurations();
  return {
    lookup,
    hooks,
    kinds: kindRegistry(builtinKinds.list()),
    authorizer: await startAuthorizer(store, clock, randomIds, [hooks]),
    askWebhook: webhookAsker({ service: lookup.service, timeoutMs: 30_000 }),
    metrics: createMetrics(),
    tokens: serviceAccountTokens({
      signingKey: config.serviceAccountKey,
      issuer: `https://kubernetes.default.svc.${config.clusterDomain}`,
      lookup,
      clock,
    }),
    proxy: kubeletProxy({
      pod: lookup.pod,
      service: lookup.service,
      endpointSlices: lookup.endpointSlices,
      random: Math.random,
      nodeAddress: async (name) => internalAddress(await lookup.node(name)),
      clientCert: kubeletClient.certificate,
      clientKey: kubeletClient.privateKey,
      ca: config.authority.certificate,
    }),
  };
}

const internalAddress = (node: Node | undefined) =>
  node?.status?.addresses?.find((address) => address.type === 'InternalIP')?.address;

type Parts = Awaited<ReturnType<typeof partsOf>>;

function admissionOf({ config, store, clock }: ApiServerOptions, parts: Parts): AdmissionPlugin[] {
  const { lookup, hooks, kinds, authorizer, askWebhook } = parts;
  return admissionPlugins({
    ...lookup,
    ...{ authorizer, clock, random: Math.random },
    serviceCIDRs: config.serviceCIDRs,
    nodePorts: config.nodePorts,
    dynamic: {
      ...{ configurations: hooks, askWebhook, kinds, authorizer, store },
      namespace: lookup.namespace,
      uuid: randomUUID,
    },
  });
}

function handlerOf({ store, clock }: ApiServerOptions, parts: Parts, admission: AdmissionPlugin[]) {
  const { lookup, kinds, authorizer, tokens, proxy, metrics } = parts;
  return createHandler({
    ...{ store, kinds, authorizer, clock, metrics, admission },
    extra: [
      (request) => reviewsAnswer(request, { tokens, authorizer }),
      (request) => issuerAnswer(request, tokens),
    ],
    mintToken: tokenMinter({ tokens, lookup, clock, uuid: randomUUID }),
    proxy: (request) => proxy.answer(request),
    askUsage: proxy.usage,
  });
}
