/**
 * An API server and one kubelet's server, in this process and on 127.0.0.1, over containers that are
 * ordinary processes: everything between kubectl and a stream is real.
 */

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namespaces, pods } from '../../src/api/resource.ts';
import type { Pod } from '../../src/api/types.ts';
import { createAuthenticator } from '../../src/apiserver/authn/index.ts';
import { clusterAuthorizer } from '../../src/apiserver/authz/index.ts';
import { createHandler, createServer, localClient } from '../../src/apiserver/index.ts';
import { kubeletProxy } from '../../src/apiserver/proxy/index.ts';
import type { Client } from '../../src/client/contract.ts';
import { kubeconfigOf, writeKubeconfig } from '../../src/cluster/kubeconfig.ts';
import type { OpenInPod } from '../../src/kubelet/streams/contract.ts';
import { startKubeletServer } from '../../src/kubelet/streams/server.ts';
import { systemClock } from '../../src/lib/clock.ts';
import {
  createAuthority,
  issueClientCertificate,
  issueServerCertificate,
} from '../../src/lib/pki/certificate.ts';
import { openMemory } from '../../src/store/index.ts';
import { FakeRuntime } from './fakeRuntime.ts';

const onLoopback: OpenInPod = async (_, port) => {
  const socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  return socket;
};

export class StreamWorld implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'switchboard-streams-'));
  readonly kubeconfig = join(this.directory, 'kubeconfig');
  readonly runtime = new FakeRuntime();
  /** What clients asked the API server for: `websocket v5.channel.k8s.io`. */
  readonly upgrades: string[] = [];
  readonly pods = new Map<string, Pod>();
  readonly #abort = new AbortController();
  readonly #closers: (() => Promise<void> | void)[] = [];
  client!: Client;

  static async start(): Promise<StreamWorld> {
    const world = new StreamWorld();
    await world.#start();
    return world;
  }

  /** Its containers run from the beginning; their logs stand in `log(name)`. */
  async addPod(name: string, ...containers: string[]): Promise<Pod> {
    const pod = await this.client.create(pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: { nodeName: 'node', containers: containers.map((c) => ({ name: c, image: 'none' })) },
    });
    const running = { ...pod, status: { phase: 'Running' } };
    await this.client.update(pods, running, 'status');
    this.pods.set(name, running);
    for (const container of containers)
      this.runtime.add({ name: container, podName: name, logPath: this.log(name, container) });
    return pod;
  }

  log(pod: string, container: string): string {
    return join(this.directory, `${pod}-${container}.log`);
  }

  async #start(): Promise<void> {
    const lifetime = { nowMs: Date.now() };
    const authority = await createAuthority({ commonName: 'test', ...lifetime });
    const [serving, admin, apiserver] = await Promise.all([
      issueServerCertificate(authority, { commonName: 'server', ipAddresses: ['127.0.0.1'], ...lifetime }),
      issueClientCertificate(authority, {
        commonName: 'admin',
        organizations: ['system:masters'],
        ...lifetime,
      }),
      issueClientCertificate(authority, {
        commonName: 'kube-apiserver',
        organizations: ['system:masters'],
        ...lifetime,
      }),
    ]);
    const tls = { cert: serving.certificate, key: serving.privateKey, clientCa: authority.certificate };
    const { port, closed } = await startKubeletServer({
      host: '127.0.0.1',
      port: 0,
      tls,
      nodeName: 'node',
      pods: {
        pods: () => [...this.pods.values()],
        pod: (_, name) => this.pods.get(name),
        containers: (_, pod) => [...this.runtime.records.values()].filter((r) => r.podName === pod),
      },
      runtime: this.runtime,
      authenticate: async () => undefined,
      authorize: async () => false,
      openInPod: onLoopback,
      clock: systemClock,
      signal: this.#abort.signal,
    });
    this.#closers.push(() => closed);

    const store = openMemory();
    const authorizer = clusterAuthorizer();
    const proxy = kubeletProxy({
      pod: async (_, name) => this.pods.get(name),
      service: async () => undefined,
      endpointSlices: async () => [],
      random: Math.random,
      nodeAddress: async () => '127.0.0.1',
      port,
      clientCert: apiserver.certificate,
      clientKey: apiserver.privateKey,
      ca: authority.certificate,
    });
    const handler = createHandler({
      store,
      authorizer,
      clock: systemClock,
      proxy: (request) => proxy.answer(request),
    });
    this.client = localClient(handler, { name: 'admin', groups: ['system:masters'] });
    const server = createServer({
      handler,
      authenticate: createAuthenticator({
        tokens: { verify: () => Promise.reject(new Error('there are no tokens')) },
        authorizer,
      }),
      authorizer,
      upgrade: (request, socket, head, incoming) => {
        const { upgrade, 'sec-websocket-protocol': protocol } = incoming.headers;
        this.upgrades.push([upgrade, protocol].filter(Boolean).join(' '));
        return proxy.upgrade(request, socket, head, incoming);
      },
      tls,
    });
    const apiPort = await server.listen({ port: 0, host: '127.0.0.1' });
    this.#closers.push(
      () => server.close(),
      () => proxy.close(),
      () => store.close(),
    );
    await this.client.create(namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'default' },
    });
    const access = { name: 'test', server: `https://127.0.0.1:${apiPort}`, ca: authority.certificate };
    writeKubeconfig(
      this.kubeconfig,
      kubeconfigOf({ ...access, cert: admin.certificate, key: admin.privateKey }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of [...this.runtime.started, ...this.runtime.first.values()]) child.kill('SIGKILL');
    this.#abort.abort();
    for (const close of this.#closers) await close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
