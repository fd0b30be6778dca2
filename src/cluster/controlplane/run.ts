/** One control plane: the store, the API server, the controllers and the scheduler, in one process. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { Node } from '../../api/types.ts';
import { admissionPlugins } from '../../apiserver/admission/index.ts';
import { createAuthenticator } from '../../apiserver/authn/index.ts';
import { issuerAnswer } from '../../apiserver/authn/issuer.ts';
import { tokenMinter } from '../../apiserver/authn/tokenRequest.ts';
import { serviceAccountTokens } from '../../apiserver/authn/tokens.ts';
import { clusterAuthorizer } from '../../apiserver/authz/index.ts';
import { createHandler, createMetrics, createServer, localClient } from '../../apiserver/index.ts';
import { kubeletProxy } from '../../apiserver/proxy/index.ts';
import { reviewsAnswer } from '../../apiserver/reviews/index.ts';
import { sharedInformers } from '../../client/shared.ts';
import { defaults } from '../../controllers/config.ts';
import { startControllers } from '../../controllers/index.ts';
import { systemClock } from '../../lib/clock.ts';
import { logger } from '../../lib/log.ts';
import { startScheduler } from '../../scheduler/index.ts';
import { openSqlite } from '../../store/index.ts';
import type { ControlPlaneConfig } from '../config.ts';
import { packageRoot } from '../paths.ts';
import { applyAddons, readAddons } from './addons.ts';
import { lookups } from './lookups.ts';

const log = logger('controlplane');

/** Runs until the signal. */
export async function runControlPlane(config: ControlPlaneConfig, signal: AbortSignal): Promise<void> {
  mkdirSync(config.dataDir, { recursive: true });
  const store = await openSqlite(`${config.dataDir}/store.db`);
  const clock = systemClock;
  const lookup = lookups(store);
  const authorizer = clusterAuthorizer();
  const tokens = serviceAccountTokens({
    signingKey: config.serviceAccountKey,
    issuer: `https://kubernetes.default.svc.${config.clusterDomain}`,
    lookup,
    clock,
  });
  const proxy = kubeletProxy({
    pod: lookup.pod,
    nodeAddress: async (name) => internalAddress(await lookup.node(name)),
    clientCert: config.kubeletClient.cert,
    clientKey: config.kubeletClient.key,
    ca: config.ca,
  });
  const handler = createHandler({
    store,
    authorizer,
    clock,
    admission: admissionPlugins({
      ...lookup,
      clock,
      random: Math.random,
      serviceCIDRs: config.serviceCIDRs,
      nodePorts: config.nodePorts,
    }),
    extra: [
      (request) => reviewsAnswer(request, { tokens, authorizer }),
      (request) => issuerAnswer(request, tokens),
    ],
    mintToken: tokenMinter({ tokens, lookup, clock, uuid: randomUUID }),
    proxy: (request) => proxy.answer(request),
    metrics: createMetrics(),
  });
  const server = createServer({
    handler,
    authenticate: createAuthenticator({ tokens, authorizer }),
    authorizer,
    upgrade: (request, socket, head, incoming) => proxy.upgrade(request, socket, head, incoming),
    tls: { ...config.serving, clientCa: config.ca },
  });
  await server.listen({ port: config.port, host: '::' });
  log.info({ port: config.port }, 'the API is served');

  const client = localClient(handler, {
    name: 'system:switchboard:controlplane',
    groups: ['system:masters'],
  });
  const informers = sharedInformers(client, { clock, signal });
  await Promise.all([
    startControllers({
      client,
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
        caCertificate: config.ca,
        podCIDRs: config.podCIDRs.map((cidr) => ({ cidr, nodePrefix: cidr.includes(':') ? 64 : 24 })),
        nodeGraceMs: defaults.nodeGraceMs,
      },
    }),
    startScheduler({ client, informers, clock, signal, identity: config.nodeName }),
    applyAddons(client, readAddons(`${packageRoot}/addons`, addonValues(config)), clock, signal),
  ]);
  proxy.close();
  await server.close();
  await store.close();
}

const addonValues = (config: ControlPlaneConfig) => ({
  clusterDNS: config.clusterDNS,
  clusterDomain: config.clusterDomain,
  replicas: String(config.dnsReplicas),
});

const internalAddress = (node: Node | undefined) =>
  node?.status?.addresses?.find((address) => address.type === 'InternalIP')?.address;
