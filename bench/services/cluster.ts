/** Services in an API server of their own, which stands on the LAN. */
import { writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { endpointSlices, nodes, serviceCIDRs as serviceCIDRResource } from '../../src/api/resource.ts';
import { type HttpClient, httpClient } from '../../src/client/http.ts';
import { socketIn } from '../../src/lib/linux/sockets.ts';
import { serviceCIDRs, type World } from '../../test/support/world.ts';
import { Target } from '../api/target.ts';
import { endpointsEach, replacement, sliceOf } from './objects.ts';
import type { Site } from './site.ts';

const address = '172.30.0.1';
const random = (below: number): number => Math.floor(Math.random() * below);

export class Cluster implements AsyncDisposable {
  readonly count: number;
  readonly kubeconfig: string;
  readonly #target: Target;
  readonly #client: HttpClient;
  readonly #replaced = new Map<number, Map<number, string>>();
  #replacements = 0;

  static async start(world: World, count: number): Promise<Cluster> {
    const target = await Target.start(address, world.lan);
    await target.fillServices(count);
    const cluster = new Cluster(world, count, target);
    await cluster.#client.create(serviceCIDRResource, {
      metadata: { name: 'kubernetes' },
      spec: { cidrs: serviceCIDRs },
    });
    return cluster;
  }

  private constructor(world: World, count: number, target: Target) {
    const { host, port, ...pems } = target.tls;
    const server = `https://${host}:${port}`;
    const connect = () => {
      const socket = new Socket({ fd: socketIn(world.lan, { type: 'tcp', family: 4 }) });
      return socket.connect(port, host);
    };
    this.count = count;
    this.#target = target;
    this.#client = httpClient({ server, ...pems, connect });
    this.kubeconfig = join(world.dir, `kubeconfig-${count}`);
    writeFileSync(this.kubeconfig, JSON.stringify(kubeconfigOf(server, pems)));
  }

  /** So that a proxy finds the node that it is on. */
  async addNode({ node }: Site): Promise<void> {
    await this.#client.create(nodes, node.object);
  }

  /** Any Service gets another endpoint in the place of any of its own; tells which, and has written it when `done`. */
  replaceOne(): { address: string; done: Promise<unknown> } {
    const [i, k] = [random(this.count), random(endpointsEach)];
    const replaced = this.#replaced.get(i) ?? new Map<number, string>();
    const another = replacement(this.#replacements++);
    this.#replaced.set(i, replaced.set(k, another));
    return { address: another, done: this.#client.update(endpointSlices, sliceOf(i, replaced)) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
    await this.#target[Symbol.asyncDispose]();
  }
}

const base64 = (pem: string): string => Buffer.from(pem).toString('base64');

const kubeconfigOf = (server: string, { ca, cert, key }: Record<'ca' | 'cert' | 'key', string>) => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'bench',
  contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
  clusters: [{ name: 'bench', cluster: { server, 'certificate-authority-data': base64(ca) } }],
  users: [
    {
      name: 'bench',
      user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) },
    },
  ],
});
