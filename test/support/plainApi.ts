/**
 * An API server that keeps what it is told and knows no other kinds, in a network namespace: lists, watches and
 * single objects over HTTP/2, as an older cluster would answer. It stands below a path, beside other clusters.
 */
import { once } from 'node:events';
import http2 from 'node:http2';
import { stringify } from 'yaml';
import { apiVersionOf, type Resource } from '../../src/api/resource.ts';
import type { KubeObject } from '../../src/api/types.ts';
import { keyOf } from '../../src/client/contract.ts';
import { pathOf } from '../../src/client/path.ts';
import { socketIn } from '../../src/lib/linux/sockets.ts';
import { createAuthority, issueServerCertificate } from '../../src/lib/pki/certificate.ts';

const base = '/k8s/clusters/plain';

interface Kept {
  resource: Resource;
  objects: Map<string, KubeObject>;
  watches: Set<http2.ServerHttp2Stream>;
}

export class PlainApi implements AsyncDisposable {
  readonly #kinds = new Map<string, Kept>();
  readonly #sessions = new Set<http2.ServerHttp2Session>();
  readonly #server: http2.Http2SecureServer;
  readonly kubeconfig: string;
  #version = 1;

  /** With a kubeconfig as text that leads to it. */
  static async start(netns: string, address: string, kinds: readonly Resource[]): Promise<PlainApi> {
    const lifetime = { nowMs: Date.now() };
    const authority = await createAuthority({ commonName: 'authority', ...lifetime });
    const { certificate, privateKey } = await issueServerCertificate(authority, {
      ...{ commonName: 'api', ipAddresses: [address], ...lifetime },
    });
    const server = http2.createSecureServer({ cert: certificate, key: privateKey });
    server.listen({ fd: socketIn(netns, { type: 'tcp', family: 4, bind: { address, port: 6443 } }) });
    await once(server, 'listening');
    const named = (name: string, what: object) => [{ name, ...what }];
    const ca = Buffer.from(authority.certificate).toString('base64');
    const kubeconfig = stringify({
      'current-context': 'plain',
      clusters: named('plain', {
        cluster: { server: `https://${address}:6443${base}`, 'certificate-authority-data': ca },
      }),
      users: named('plain', { user: {} }),
      contexts: named('plain', { context: { cluster: 'plain', user: 'plain' } }),
    });
    return new PlainApi(server, kubeconfig, kinds);
  }

  private constructor(server: http2.Http2SecureServer, kubeconfig: string, kinds: readonly Resource[]) {
    this.#server = server;
    this.kubeconfig = kubeconfig;
    for (const resource of kinds)
      this.#kinds.set(pathOf(resource, {}), { resource, objects: new Map(), watches: new Set() });
    server.on('session', (session) => {
      this.#sessions.add(session);
      session.on('close', () => this.#sessions.delete(session));
      session.on('error', () => {});
    });
    server.on('stream', (stream: http2.ServerHttp2Stream, headers) =>
      this.#answer(stream, new URL(headers[':path'] ?? '/', 'https://plain')),
    );
  }

  put<T extends KubeObject>(resource: Resource<T>, object: T): void {
    const kept = this.#kinds.get(pathOf(resource, {}));
    if (!kept) throw new Error(`Cannot keep ${resource.plural}: this server does not know the kind`);
    const key = keyOf(object);
    const type = kept.objects.has(key) ? 'MODIFIED' : 'ADDED';
    const metadata = { ...object.metadata, resourceVersion: String(++this.#version) };
    const whole = { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object, metadata };
    kept.objects.set(key, whole);
    for (const stream of kept.watches) stream.write(`${JSON.stringify({ type, object: whole })}\n`);
  }

  #answer(stream: http2.ServerHttp2Stream, { pathname, searchParams }: URL): void {
    stream.on('error', () => {});
    const say = (code: number, body: string) => {
      stream.respond({ ':status': code, 'content-type': 'application/json' });
      stream.end(body);
    };
    if (!pathname.startsWith(`${base}/`)) return say(404, '404 page not found\n');
    const path = pathname.slice(base.length);
    const kept = this.#kinds.get(path);
    if (kept && searchParams.has('watch')) {
      stream.respond({ ':status': 200, 'content-type': 'application/json' });
      kept.watches.add(stream);
      stream.on('close', () => kept.watches.delete(stream));
      return;
    }
    if (kept) {
      const metadata = { resourceVersion: String(this.#version) };
      return say(200, JSON.stringify({ kind: 'List', metadata, items: [...kept.objects.values()] }));
    }
    const [parent, name] = [path.replace(/\/[^/]+$/, ''), path.split('/').at(-1) ?? ''];
    const object = this.#kinds.get(parent)?.objects.get(name);
    return object ? say(200, JSON.stringify(object)) : say(404, '404 page not found\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }
}
