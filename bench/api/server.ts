/**
 * The API server of the bench: a process of its own, over the embedded store, as in a cluster but for its controllers.
 * `node server.ts [ADDRESS]` says where it listens: 127.0.0.1 if nothing else is said.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import {
  endpointSlices,
  namespaces,
  pods,
  type Resource,
  serviceAccounts,
  services,
} from '../../src/api/resource.ts';
import type { KubeObject } from '../../src/api/types.ts';
import { admissionPlugins } from '../../src/apiserver/admission/index.ts';
import { createAuthenticator } from '../../src/apiserver/authn/index.ts';
import { startAuthorizer } from '../../src/apiserver/authz/start.ts';
import { createHandler, createMetrics, createServer, keyOf, localClient } from '../../src/apiserver/index.ts';
import { lookups } from '../../src/cluster/controlplane/lookups.ts';
import { systemClock } from '../../src/lib/clock.ts';
import {
  createAuthority,
  issueClientCertificate,
  issueServerCertificate,
} from '../../src/lib/pki/certificate.ts';
import { openSqlite } from '../../src/store/index.ts';
import { serviceOf, sliceOf } from '../services/objects.ts';
import { otherNamespace, podOfBench } from './pod.ts';

/** What the bench asks of this process. */
export type Order =
  | { fill: number }
  | { fillServices: number }
  | { begin: true }
  | { tell: true }
  | { end: true };

export interface Told {
  /** How long the event loop was held, in milliseconds. */
  p99HoldMs: number;
  longestHoldMs: number;
  residentMegabytes: number;
  /** Of all its threads: what it took does not depend on what else the machine had to do. */
  processorMs: number;
}

export interface Ready {
  port: number;
  ca: string;
  cert: string;
  key: string;
}

const host = process.argv[2] ?? '127.0.0.1';
const directory = mkdtempSync(join(tmpdir(), 'switchboard-bench-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
const store = await openSqlite(join(directory, 'store.db'));
const clock = systemClock;
const lookup = lookups(store);
const authorizer = await startAuthorizer(store, clock);
const metrics = createMetrics();
const handler = createHandler({
  store,
  authorizer,
  clock,
  metrics,
  admission: admissionPlugins({
    ...lookup,
    authorizer,
    clock,
    random: Math.random,
    serviceCIDRs: ['10.96.0.0/12'],
    nodePorts: { first: 30_000, last: 32_767 },
  }),
});

const nowMs = Date.now();
const authority = await createAuthority({ commonName: 'bench', nowMs });
const serving = await issueServerCertificate(authority, {
  commonName: 'api',
  ipAddresses: [host],
  nowMs,
});
const admin = await issueClientCertificate(authority, {
  commonName: 'admin',
  organizations: ['system:masters'],
  nowMs,
});
const server = createServer({
  handler,
  authenticate: createAuthenticator({
    tokens: { verify: () => Promise.reject(new Error('there are no tokens')) },
    authorizer,
  }),
  authorizer,
  metrics,
  tls: { cert: serving.certificate, key: serving.privateKey, clientCa: authority.certificate },
});
const port = await server.listen({ port: 0, host });

const client = localClient(handler, { name: 'admin', groups: ['system:masters'] });
for (const name of ['default', otherNamespace]) {
  await client.create(namespaces, { metadata: { name } });
  await client.create(serviceAccounts, { metadata: { name: 'default', namespace: name } });
}

/** A timer every so often; what it is late by is how long the loop was held. */
const everyMs = 1;
const held = monitorEventLoopDelay({ resolution: everyMs });
const inMs = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - everyMs);

let before = process.cpuUsage();

process.on('message', (order: Order) => void obey(order));
// Whoever asked is gone.
process.on('disconnect', () => process.exit());

async function obey(order: Order): Promise<void> {
  if ('fill' in order) {
    await fill(pods, order.fill, podOfBench);
    answer({});
  } else if ('fillServices' in order) {
    await fill(services, order.fillServices, serviceOf);
    await fill(endpointSlices, order.fillServices, sliceOf);
    answer({});
  } else if ('begin' in order) {
    held.enable();
    held.reset();
    before = process.cpuUsage();
    answer({});
  } else if ('tell' in order) {
    answer({
      p99HoldMs: inMs(held.percentile(99)),
      longestHoldMs: inMs(held.max),
      residentMegabytes: process.memoryUsage.rss() / 1e6,
      processorMs: (({ user, system }) => (user + system) / 1e3)(process.cpuUsage(before)),
    });
    held.disable();
  } else {
    await server.close();
    await store.close();
    process.exit(0);
  }
}

async function fill(resource: Resource, count: number, make: (i: number) => KubeObject): Promise<void> {
  for (let i = 0; i < count; i += 500)
    await Promise.all(
      Array.from({ length: Math.min(500, count - i) }, (_, j) => {
        const object = make(i + j);
        const { name, namespace = 'default' } = object.metadata;
        return store.put(keyOf(resource, namespace, name), object, 0);
      }),
    );
}

const answer = (told: Told | Ready | object) => process.send?.(told);
answer({ port, ca: authority.certificate, cert: admin.certificate, key: admin.privateKey } satisfies Ready);
