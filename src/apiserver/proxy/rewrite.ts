/**
 * What changes in the heads of a request that is passed on and of its answer: nothing that belongs to one
 * connection, or that says who asks, goes further; absolute paths come back as paths of the API server.
 */
import type { OutgoingHttpHeaders } from 'node:http';
import type { ProxyTarget } from './target.ts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** RFC 9110, section 7.6.1, and what else is between two neighbours only. */
const hopByHop = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'expect', 'http2-settings'],
]);

/** Who asks has been found out here, and is nobody else's business. */
const credentials = /^(?:authorization$|impersonate-)/;

/** What the API server itself decides about a page of another origin. */
const crossOrigin = /^access-control-/;

/** Of a request to the destination; `host` stays what the client asked for, as in Kubernetes. */
export function requestHeaders(
  headers: Headers,
  { base, rest }: Pick<ProxyTarget, 'base' | 'rest'>,
  client: string | undefined,
): OutgoingHttpHeaders {
  const named = namedInConnection(headers['connection']);
  const kept = Object.entries(headers).filter(
    ([name]) => !name.startsWith(':') && !hopByHop.has(name) && !named.has(name) && !credentials.test(name),
  );
  const authority = [headers['host'] ?? headers[':authority'] ?? []].flat()[0];
  const via = [headers['x-forwarded-for'], client].flat().filter(Boolean).join(', ');
  return {
    ...Object.fromEntries(kept),
    ...(authority !== undefined && { host: authority }),
    ...(via && { 'x-forwarded-for': via }),
    'x-forwarded-uri': `${base}${rest}`,
  };
}

/** Of the answer. `rawHeaders` are names and values in turn, as they were read. */
export function answerHeaders(
  rawHeaders: readonly string[],
  { base, origins }: { base: string; origins: ReadonlySet<string> },
): Record<string, string | string[]> {
  const all = Map.groupBy(
    rawHeaders.flatMap((name, i) =>
      i % 2 === 0 ? [[name.toLowerCase(), rawHeaders[i + 1] ?? ''] as const] : [],
    ),
    ([name]) => name,
  );
  const named = namedInConnection(all.get('connection')?.map(([, value]) => value));
  const kept: Record<string, string | string[]> = {};
  for (const [name, entries] of all) {
    if (hopByHop.has(name) || named.has(name) || crossOrigin.test(name)) continue;
    const values = entries.map(([, value]) => value);
    const only = values.length === 1 ? values[0] : undefined;
    kept[name] = name === 'location' ? relocated(values[0] ?? '', base, origins) : (only ?? values);
  }
  return kept;
}

function namedInConnection(value: string | string[] | undefined): ReadonlySet<string> {
  return new Set([value ?? []].flat().flatMap((text) => text.toLowerCase().split(/\s*,\s*/)));
}

/**
 * Where a redirection leads for who came by way of the API server: an absolute path, alone or at one of the
 * destination's own origins (`web:8080`), stands below `base`. All others stay as they are.
 */
export function relocated(location: string, base: string, origins: ReadonlySet<string>): string {
  const [, host, path = ''] = /^(?:(?:https?:)?\/\/([^/?#]*))?(.*)$/is.exec(location) ?? [];
  if (host === undefined ? !path.startsWith('/') : !origins.has(host.toLowerCase())) return location;
  if (path === base || path.startsWith(`${base}/`)) return path;
  return base + (path.startsWith('/') ? path : `/${path}`);
}
