/** One control plane: the store, the API server, the controllers and the scheduler, in one process. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { builtinKinds } from '../../api/kinds.ts';
import { kindRegistry } from '../../api/registry.ts';
import { secrets } from '../../api/resource.ts';
import type { Node } from '../../api/types.ts';
import { configurations } from '../../apiserver/admission/dynamic/configurations.ts';
import { admissionPlugins } from '../../apiserver/admission/index.ts';
import { createAuthenticator } from '../../apiserver/authn/index.ts';
import { issuerAnswer } from '../../apiserver/authn/issuer.ts';
import { tokenMinter } from '../../apiserver/authn/tokenRequest.ts';
import { serviceAccountTokens } from '../../apiserver/authn/tokens.ts';
import { startAuthorizer } from '../../apiserver/authz/start.ts';
import { followCustomResources } from '../../apiserver/customresources/follow.ts';
import { randomIds } from '../../apiserver/ids.ts';
import { createHandler, createMetrics, createServer, localClient, prefixOf } from '../../apiserver/index.ts';
import { kubeletProxy } from '../../apiserver/proxy/index.ts';
import { reviewsAnswer } from '../../apiserver/reviews/index.ts';
import type { UpgradeHandler } from '../../apiserver/server.ts';
import { webhookAsker } from '../../apiserver/webhooks/client.ts';
import { sharedInformers } from '../../client/shared.ts';
import { defaults } from '../../controllers/config.ts';
import { startControllers } from '../../controllers/index.ts';
import { systemClock } from '../../lib/clock.ts';
import { logger } from '../../lib/log.ts';
import { startScheduler } from '../../scheduler/index.ts';
import { openSqlite } from '../../store/index.ts';
import { certificateLifeMs } from '../certificates.ts';
import type { ControlPlaneConfig } from '../config.ts';
import { packageRoot } from '../paths.ts';
import { applyAddons, readAddons } from './addons.ts';
import { auditOf } from './audit.ts';
import { identityOf, keepOwn, ownCertificates } from './certificates.ts';
import { lookups } from './lookups.ts';

const log = logger('controlplane');

/** Runs until the signal. */
export async function runControlPlane(config: ControlPlaneConfig, signal: AbortSignal): Promise<void> {
  mkdirSync(config.dataDir, { recursive: true });
  const clock = systemClock;
  const ca = config.authority.certificate;
  const store = await openSqlite(`${config.dataDir}/store.db`, {
    encryption: { keys: config.storeKeys, prefixes: [prefixOf(secrets)] },
  });
  const own = ownCertificates(config, clock);
  const { serving, kubeletClient } = await own.young();
  const lookup = lookups(store);
  const hooks = configurations();
  const authorizer = await startAuthorizer(store, clock, randomIds, [hooks]);
  const askWebhook = webhookAsker({ service: lookup.service, timeoutMs: 30_000 });
  const tokens = serviceAccountTokens({
    signingKey: config.serviceAccountKey,
    issuer: `https://kubernetes.default.svc.${config.clusterDomain}`,
    lookup,
    clock,
  });
  const proxy = kubeletProxy({
    pod: lookup.pod,
    service: lookup.service,
    endpointSlices: lookup.endpointSlices,
    random: Math.random,
    nodeAddress: async (name) => internalAddress(await lookup.node(name)),
    clientCert: kubeletClient.certificate,
    clientKey: kubeletClient.privateKey,
    ca,
  });
  const metrics = createMetrics();
  const audited = await auditOf(config, { authorizer, clock });
  const kinds = kindRegistry(builtinKinds.list());
  const served = createHandler({
    store,
    kinds,
    authorizer,
    clock,
    admission: admissionPlugins({
      ...lookup,
      authorizer,
      clock,
      random: Math.random,
      serviceCIDRs: config.serviceCIDRs,
      nodePorts: config.nodePorts,
      dynamic: {
        ...{ configurations: hooks, askWebhook, kinds, authorizer, store },
        namespace: lookup.namespace,
        uuid: randomUUID,
      },
    }),
    extra: [
      (request) => reviewsAnswer(request, { tokens, authorizer }),
      (request) => issuerAnswer(request, tokens),
    ],
    mintToken: tokenMinter({ tokens, lookup, clock, uuid: randomUUID }),
    proxy: (request) => proxy.answer(request),
    askUsage: proxy.usage,
    metrics,
  });
  const handler = audited?.handler(served) ?? served;
  const passOn: UpgradeHandler = (request, socket, head, incoming) =>
    proxy.upgrade(request, socket, head, incoming);
  const server = createServer({
    handler,
    authenticate: createAuthenticator({ tokens, authorizer }),
    authorizer,
    upgrade: audited?.upgrade(passOn) ?? passOn,
    ...(audited && { onUnauthorized: (head) => audited.unauthorized(head) }),
    metrics,
    tls: { ...identityOf(serving), clientCa: ca },
  });
  keepOwn(own, { serving, kubeletClient }, { server, proxy, clock, signal });
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

  const client = clientOf('switchboard');
  const informers = sharedInformers(client, { clock, signal });
  await Promise.all([
    startControllers({
      client: clientOf('kube-controller-manager'),
      informers,
      clock,
      signal,
      config: {
        identity: config.nodeName,
        apiServer: {
          addresses: config.addresses.slice(0, 1),
          port: config.port,
          serviceIPs: [config.kubernetesService],
        },
        caCertificate: ca,
        serviceAccountKey: config.serviceAccountKey,
        signing: { authority: config.authority, longestMs: certificateLifeMs },
        podCIDRs: config.podCIDRs.map((cidr) => ({ cidr, nodePrefix: cidr.includes(':') ? 64 : 24 })),
        serviceCIDRs: config.serviceCIDRs,
        nodeGraceMs: defaults.nodeGraceMs,
      },
    }),
    startScheduler({
      client: clientOf('kube-scheduler'),
      informers,
      clock,
      signal,
      identity: config.nodeName,
    }),
    applyAddons(client, readAddons(`${packageRoot}/addons`, addonValues(config)), clock, signal),
  ]);
  proxy.close();
  await server.close();
  await custom.ended;
  await store.close();
}

const addonValues = (config: ControlPlaneConfig) => ({
  clusterDNS: config.clusterDNS,
  clusterDomain: config.clusterDomain,
  replicas: String(config.dnsReplicas),
});

const internalAddress = (node: Node | undefined) =>
  node?.status?.addresses?.find((address) => address.type === 'InternalIP')?.address;
