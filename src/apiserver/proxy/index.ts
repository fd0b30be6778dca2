/**
 * From the API server to others: to the kubelet of a pod's node (logs, and the streams of exec, attach and
 * port-forward), and to pods, Services and nodes themselves (`…/proxy`). That the user may have them has been
 * authorized before.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { badRequest, notFound } from '../../api/errors.ts';
import { nodes, pods } from '../../api/resource.ts';
import type { Pod } from '../../api/types.ts';
import { unknownPath } from '../answer/answers.ts';
import type { Answer, ApiRequest } from '../contract.ts';
import { parsePath } from '../request/path.ts';
import type { AskUsage } from '../usage/contract.ts';
import { type DialOptions, kubeletDial } from './dial.ts';
import { logLocation, type Stream, streamLocation } from './location.ts';
import { emptyLog, fetchLog, type LogAnswer } from './log.ts';
import { asksForSocket, logProtocol, sendLog } from './logSocket.ts';
import { type ResolveDeps, resolver } from './resolve.ts';
import { answerByProxy, upgradeByProxy } from './subresource.ts';
import { proxyTarget } from './target.ts';
import { forwardUpgrade } from './upgrade.ts';
import { fetchUsage } from './usage.ts';

export interface KubeletProxyDeps
  extends Omit<DialOptions, 'port' | 'connectTimeoutMs'>,
    Omit<ResolveDeps, 'dial' | 'kubeletPort' | 'connectTimeoutMs'> {
  /** 10250 when left out. */
  port?: number;
  /** Five seconds when left out. */
  connectTimeoutMs?: number;
}

export interface KubeletProxy {
  /** Answers requests that are no upgrade: `pods/log`, `…/proxy`. Rejects with a `StatusError`. */
  readonly answer: (request: ApiRequest) => Promise<Answer>;
  /**
   * Takes over the connection of an HTTP/1.1 upgrade to `pods/exec`, `attach`, `portforward` or `…/proxy`. Rejects
   * with a `StatusError` as long as nothing was written to the socket.
   */
  readonly upgrade: (
    request: ApiRequest,
    socket: Duplex,
    head: Uint8Array,
    req: IncomingMessage,
  ) => Promise<void>;
  /** What a node and its pods use: its kubelet's `/stats/summary`. Rejects when it cannot be asked. */
  readonly usage: AskUsage;
  /** New connections to kubelets show this certificate. */
  readonly setIdentity: (identity: { cert: string; key: string }) => void;
  /** Lets go of connections that are kept for later requests. */
  readonly close: () => void;
}

export function kubeletProxy(deps: KubeletProxyDeps): KubeletProxy {
  const { port = 10250, connectTimeoutMs = 5000 } = deps;
  const { dial, setIdentity, close } = kubeletDial({ ...deps, port, connectTimeoutMs });
  const resolve = resolver({ ...deps, dial, kubeletPort: port, connectTimeoutMs });

  async function podOf(path: string): Promise<{ pod: Pod; subresource: string }> {
    const { group, plural, namespace = '', name = '', subresource = '' } = parsePath(path) ?? {};
    if (group !== '' || plural !== 'pods' || !(isStream(subresource) || subresource === 'log'))
      throw unknownPath();
    const pod = await deps.pod(namespace, name);
    if (!pod) throw notFound(pods, name);
    return { pod, subresource };
  }

  async function addressOf(nodeName: string): Promise<string> {
    const address = await deps.nodeAddress(nodeName);
    if (!address) throw notFound(nodes, nodeName);
    return address;
  }

  async function logOf(pod: Pod, query: URLSearchParams, signal: AbortSignal): Promise<LogAnswer> {
    const location = logLocation(pod, query);
    return location ? fetchLog(dial, await addressOf(location.nodeName), location.path, signal) : emptyLog;
  }

  return {
    async answer(request) {
      const { path, query, signal } = request;
      const target = proxyTarget(path);
      if (target) return answerByProxy(resolve, request, target);
      const { pod, subresource } = await podOf(path);
      if (isStream(subresource)) throw badRequest('Upgrade request required');
      return logOf(pod, query, signal);
    },

    async upgrade(request, socket, head, req) {
      const { path, query } = request;
      const client = { request, req, socket, head };
      const target = proxyTarget(path);
      if (target) return upgradeByProxy(resolve, client, target);
      const { pod, subresource } = await podOf(path);
      if (!isStream(subresource)) {
        if (!asksForSocket(client)) throw badRequest(`pods/${subresource} cannot be upgraded`);
        const protocol = logProtocol(client);
        return sendLog((await logOf(pod, query, request.signal)).body, protocol, client);
      }
      const location = streamLocation(pod, subresource, query);
      await forwardUpgrade(dial, await addressOf(location.nodeName), location.path, client);
    },

    usage: async (nodeName, signal) => fetchUsage(dial, await addressOf(nodeName), signal),
    setIdentity,
    close,
  };
}

const isStream = (subresource: string): subresource is Stream =>
  subresource === 'exec' || subresource === 'attach' || subresource === 'portforward';
