/** Certificates that live for seconds, on real connections: nobody is cut off, and nobody stays who is over. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { StatusError } from '../../src/api/errors.ts';
import { nodes } from '../../src/api/resource.ts';
import { certificates } from '../../src/apiserver/admission/certificates/index.ts';
import { createAuthenticator } from '../../src/apiserver/authn/index.ts';
import { clusterAuthorizer } from '../../src/apiserver/authz/index.ts';
import { createHandler, createServer, localClient } from '../../src/apiserver/index.ts';
import { reviewsAnswer } from '../../src/apiserver/reviews/index.ts';
import { type HttpClient, httpClient } from '../../src/client/http.ts';
import { nodeClient, ownIdentity } from '../../src/client/identity.ts';
import { sharedInformers } from '../../src/client/shared.ts';
import { identityOf, keepOwn, ownCertificates } from '../../src/cluster/controlplane/certificates.ts';
import { certificateControllers } from '../../src/controllers/certificates/index.ts';
import { run } from '../../src/controllers/loop.ts';
import { systemClock as clock } from '../../src/lib/clock.ts';
import {
  createAuthority,
  issueClientCertificate,
  issueServerCertificate,
  type KeyPair,
} from '../../src/lib/pki/certificate.ts';
import { expiresAtMs } from '../../src/lib/pki/expiry.ts';
import { openMemory } from '../../src/store/index.ts';
import { config } from '../support/controlPlane.ts';
import { eventually } from '../support/eventually.ts';

const lifeMs = 9000;
const tokens = { verify: () => Promise.reject(new Error('none')) };
const serverNames = { commonName: 'kube-apiserver', dnsNames: [], ipAddresses: ['127.0.0.1'] };

describe('certificates that live for nine seconds', () => {
  const store = openMemory();
  const authorizer = clusterAuthorizer();
  const handler = createHandler({
    store,
    clock,
    authorizer,
    admission: [certificates({ authorizer, clock })],
    extra: [(request) => reviewsAnswer(request, { authorizer, tokens })],
  });
  const root = localClient(handler, { name: 'root', groups: ['system:masters'] });
  const stop = new AbortController();
  const { signal } = stop;
  const ends: (() => unknown)[] = [];
  let authority: KeyPair;
  let port: number;
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'renewal-'));
    authority = await createAuthority({ commonName: 'ca', nowMs: Date.now() });
    const life = { nowMs: Date.now(), validForMs: lifeMs };
    const pairs = {
      serving: await issueServerCertificate(authority, { ...serverNames, ...life }),
      kubeletClient: await issueClientCertificate(authority, { commonName: 'api', ...life }),
    };
    const own = ownCertificates({ authority, serverNames, ...pairs }, clock, lifeMs);
    const server = createServer({
      handler,
      authenticate: createAuthenticator({ tokens, authorizer }),
      authorizer,
      tls: { ...identityOf(pairs.serving), clientCa: authority.certificate },
    });
    keepOwn(own, pairs, { server, proxy: { setIdentity: () => {} }, clock, signal });
    port = await server.listen({ port: 0, host: '127.0.0.1' });
    ends.push(
      () => server.close(),
      () => store.close(),
    );
    const informers = sharedInformers(root, { clock, signal });
    const signing = { authority, longestMs: lifeMs };
    for (const controller of certificateControllers)
      run(controller, { client: root, informers, clock, signal, config: { ...config, signing } });
    await root.create(nodes, { metadata: { name: 'a' } });
  });
  after(async () => {
    stop.abort();
    for (const end of ends) await end();
    await rm(directory, { recursive: true, force: true });
  });

  const endpoint = () => ({ server: `https://127.0.0.1:${port}`, ca: authority.certificate });
  const firstPair = () =>
    issueClientCertificate(authority, {
      commonName: 'system:node:a',
      organizations: ['system:nodes'],
      nowMs: Date.now(),
      validForMs: lifeMs,
    });
  const closing = (client: HttpClient): HttpClient => {
    ends.unshift(() => client.close());
    return client;
  };

  /** The certificate that somebody sees who connects now. */
  async function served(): Promise<X509Certificate> {
    const socket = connect({ port, host: '127.0.0.1', ca: authority.certificate });
    await once(socket, 'secureConnect');
    const certificate = new X509Certificate(socket.getPeerCertificate().raw);
    socket.destroy();
    return certificate;
  }

  test('are renewed under way: requests go on, and so does a watch from before', async () => {
    const pair = await firstPair();
    const firstServed = await served();
    const options = { name: 'node', directory, pair, ca: authority.certificate };
    const identity = ownIdentity({
      ...options,
      wanted: nodeClient('a'),
      client: () => client,
      clock,
      signal,
    });
    const client: HttpClient = closing(httpClient({ ...endpoint(), identity }));
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { type, object } of client.watch(nodes, { fieldSelector: 'metadata.name=a', signal }))
        seen.push(`${type} ${object.metadata.labels?.['n'] ?? ''}`);
    })().catch(() => {});
    const endMs = Math.max(expiresAtMs(pair.certificate), firstServed.validToDate.getTime()) + 1500;
    let count = 0;
    for (; Date.now() < endMs; count++) {
      await client.get(nodes, 'a');
      await sleep(100);
    }
    assert.ok(count > 10);
    assert.notEqual(identity().cert, pair.certificate);
    const now = await served();
    assert.notEqual(now.serialNumber, firstServed.serialNumber);
    assert.ok(now.validToDate.getTime() > Date.now());
    await root.patch(nodes, { name: 'a' }, { metadata: { labels: { n: 'later' } } });
    await eventually(() => assert.deepEqual(seen, ['ADDED ', 'MODIFIED later']), 30_000, 10);
    assert.deepEqual(await readdir(directory), ['node.json'], 'and the newest is on the disk');
    stop.abort();
    await watching;
  });

  test('stand for nobody when they are over, not even on a connection that is still open', async () => {
    const pair = await firstPair();
    // Nobody renews the server's any more: this client does not look at it.
    const client = closing(httpClient({ ...endpoint(), insecure: true, ...identityOf(pair) }));
    await client.get(nodes, 'a');
    await sleep(expiresAtMs(pair.certificate) - Date.now() + 50);
    await assert.rejects(
      client.get(nodes, 'a'),
      (err) => err instanceof StatusError && err.status.code === 401,
    );
  });
});
