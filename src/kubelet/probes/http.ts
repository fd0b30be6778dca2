/** https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/#http-probes */
import { type IncomingMessage, request as plainRequest, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Probe } from '../../api/types.ts';
import { bracketed } from '../../lib/ip.ts';
import { failed, type Outcome, ok, type Target } from './contract.ts';

type HttpGet = NonNullable<Probe['httpGet']>;

const mostRedirects = 10;

/** Any answer from 200 to 399 is good; a redirect is followed as long as it stays on the host. */
export async function httpProbe(spec: HttpGet, target: Target, timeoutMs: number): Promise<Outcome> {
  const { scheme = 'HTTP', host = target.ip, path = '/' } = spec;
  const authority = `${bracketed(host)}:${target.port(spec.port)}`;
  const origin = `${scheme.toLowerCase()}://${authority}`;
  let url = new URL(path.startsWith('/') ? path : `/${path}`, origin);
  const first = url;
  // The port is told even where the scheme implies it.
  const asked = `Get "${origin}${first.pathname}${first.search}"`;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    for (let i = 0; i <= mostRedirects; i++) {
      const answer = await get(url, headersOf(spec, i === 0), signal);
      const { statusCode = 0, headers } = answer;
      answer.destroy();
      if (statusCode < 200 || statusCode >= 400)
        return failed(`HTTP probe failed with statuscode: ${statusCode}`);
      if (statusCode < 300 || headers.location === undefined) return ok();
      const next = new URL(headers.location, url);
      if (next.hostname !== first.hostname) return ok('Probe terminated redirects');
      url = next;
    }
    return failed(`${asked}: stopped after ${mostRedirects} redirects`);
  } catch (err) {
    return failed(`${asked}: ${signal.aborted ? timedOut : reasonOf(err, authority)}`);
  }
}

const timedOut = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';

function get(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<IncomingMessage> {
  // A kubelet asks whether the server answers, not who it is.
  const options: RequestOptions & { rejectUnauthorized?: boolean } = {
    headers,
    signal,
    agent: false,
    rejectUnauthorized: false,
  };
  const make = url.protocol === 'https:' ? tlsRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const sent = make(url, options, (answer) => {
      answer.on('error', () => {});
      resolve(answer);
    });
    sent.on('error', reject).end();
  });
}

function headersOf({ httpHeaders = [] }: HttpGet, toPod: boolean): Record<string, string> {
  const own = toPod ? httpHeaders.map(({ name, value }) => [name, value] as const) : [];
  return { 'User-Agent': 'kube-probe/1.36', Accept: '*/*', Connection: 'close', ...Object.fromEntries(own) };
}

function reasonOf(err: unknown, authority: string): string {
  const code = (err as NodeJS.ErrnoException).code;
  if (code === 'ECONNREFUSED') return `dial tcp ${authority}: connect: connection refused`;
  if (code === 'EHOSTUNREACH') return `dial tcp ${authority}: connect: no route to host`;
  return err instanceof Error ? err.message : String(err);
}
