/**
 * From the API server to the kubelet of a pod's node: logs, and the streams of exec, attach and port-forward.
 * That the user may have them has been authorized before.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { badRequest, notFound, StatusError } from '../../api/errors.ts';
import { nodes, pods } from '../../api/resource.ts';
import type { Pod } from '../../api/types.ts';
import type { Answer, ApiRequest } from '../contract.ts';
import { parsePath } from '../path.ts';
import { type DialOptions, kubeletDial } from './dial.ts';
import { logLocation, type Stream, streamLocation } from './location.ts';
import { emptyLog, fetchLog } from './log.ts';
import { forwardUpgrade } from './upgrade.ts';

export interface KubeletProxyDeps extends Omit<DialOptions, 'port' | 'connectTimeoutMs'> {
  pod(namespace: string, name: string): Promise<Pod | undefined>;
  /** The IP address of a node: one that its kubelet's certificate names. */
  nodeAddress(nodeName: string): Promise<string | undefined>;
  /** 10250 when left out. */
  port?: number;
  /** Five seconds when left out. */
  connectTimeoutMs?: number;
}

export interface KubeletProxy {
  /** Answers requests that are no upgrade: `pods/log`. Rejects with a `StatusError`. */
  readonly answer: (request: ApiRequest) => Promise<Answer>;
  /**
   * Takes over the connection of an HTTP/1.1 upgrade to `pods/exec`, `attach` or `portforward`. Rejects with a
   * `StatusError` as long as nothing was written to the socket.
   */
  readonly upgrade: (
    request: ApiRequest,
    socket: Duplex,
    head: Uint8Array,
    req: IncomingMessage,
  ) => Promise<void>;
  /** Lets go of connections that are kept for later requests. */
  readonly close: () => void;
}

export function kubeletProxy(deps: KubeletProxyDeps): KubeletProxy {
  const { dial, close } = kubeletDial({ port: 10250, connectTimeoutMs: 5000, ...deps });

  async function podOf(path: string): Promise<{ pod: Pod; subresource: string }> {
    const { group, plural, namespace = '', name = '', subresource = '' } = parsePath(path) ?? {};
    // Also `pods/proxy`, whose names may carry a port: `web:80`.
    if (group !== '' || plural !== 'pods' || !(isStream(subresource) || subresource === 'log'))
      throw new StatusError(501, 'NotImplemented', `requests to ${plural}/${subresource} are not passed on`);
    const pod = await deps.pod(namespace, name);
    if (!pod) throw notFound(pods, name);
    return { pod, subresource };
  }

  async function addressOf(nodeName: string): Promise<string> {
    const address = await deps.nodeAddress(nodeName);
    if (!address) throw notFound(nodes, nodeName);
    return address;
  }

  return {
    async answer({ path, query, signal }) {
      const { pod, subresource } = await podOf(path);
      if (isStream(subresource)) throw badRequest('Upgrade request required');
      const location = logLocation(pod, query);
      return location ? fetchLog(dial, await addressOf(location.nodeName), location.path, signal) : emptyLog;
    },

    async upgrade({ path, query }, socket, head, req) {
      const { pod, subresource } = await podOf(path);
      if (!isStream(subresource)) throw badRequest(`pods/${subresource} cannot be upgraded`);
      const location = streamLocation(pod, subresource, query);
      await forwardUpgrade(dial, await addressOf(location.nodeName), location.path, { req, socket, head });
    },

    close,
  };
}

const isStream = (subresource: string): subresource is Stream =>
  subresource === 'exec' || subresource === 'attach' || subresource === 'portforward';
