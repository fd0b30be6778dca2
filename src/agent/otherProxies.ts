/** Asks the proxies of the other nodes how far their kernels follow the EndpointSlices. */
import http from 'node:http';
import type { Node } from '../api/types.ts';
import type { Informer } from '../client/contract.ts';
import type { Clock } from '../lib/clock.ts';

const proxyPort = 10256;
/** A kernel answers at once, also for a process that stands still. */
const connectMs = 500;
const firstWaitMs = 10;
const longestWaitMs = 200;

/** The newest version in the kernel of the node with this address; undefined when it tells none. */
export type AskProxy = (address: string, signal: AbortSignal) => Promise<number | undefined>;

export interface OtherProxies {
  nodes: Informer<Node>;
  nodeName: string;
  clock: Clock;
  ask?: AskProxy;
}

/** Resolves when all other nodes that can say so have the version, or at the signal. */
export async function untilOthersHave(
  version: number,
  { nodes, nodeName, clock, ask = askByHttp }: OtherProxies,
  signal: AbortSignal,
): Promise<void> {
  const others = [...nodes.list()].filter((node) => node.metadata.name !== nodeName && isReady(node));
  const addresses = others.flatMap(
    ({ status }) => status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? [],
  );
  await Promise.all(addresses.map((address) => untilHas(version, address, ask, clock, signal)));
}

const isReady = ({ status }: Node): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;

async function untilHas(
  version: number,
  address: string,
  ask: AskProxy,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for (let waitMs = firstWaitMs; !signal.aborted; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    try {
      const newest = await ask(address, signal);
      if (newest === undefined || newest >= version) return;
    } catch (err) {
      if (!isStarting(err)) return;
    }
    await clock.sleep(waitMs, signal);
  }
}

/** Nobody listens, or not any more: an agent that was ended is started again, and its kernel goes on as it was. */
const isStarting = (err: unknown): boolean =>
  ['ECONNREFUSED', 'ECONNRESET'].includes((err as NodeJS.ErrnoException).code ?? '');

const askByHttp: AskProxy = (host, signal) =>
  new Promise((resolve, reject) => {
    const request = http.get({ host, port: proxyPort, path: '/endpointslices', agent: false, signal });
    const late = setTimeout(() => request.destroy(new Error(`Cannot reach ${host}`)), connectMs);
    request.on('socket', (socket) => socket.once('connect', () => clearTimeout(late)));
    request.on('close', () => clearTimeout(late));
    request.on('error', reject);
    request.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('error', reject);
      response.on('end', () => resolve(response.statusCode === 200 ? Number(body) : undefined));
    });
  });
