/** https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-url-library */
import type { Environment } from '@marcbachmann/cel-js';

class Url {
  readonly scheme: string;
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string[]>>;
  /** An absolute URL or an absolute path. */
  constructor(text: string) {
    const isPath = text.startsWith('/');
    const parsed = new URL(text, isPath ? 'none://' : undefined);
    const host = isPath ? '' : (/^[^:]+:\/\/(?:[^/?#@]*@)?([^/?#]*)/.exec(text)?.[1] ?? '');
    this.scheme = isPath ? '' : parsed.protocol.slice(0, -1);
    this.host = host;
    this.port = /:(\d+)$/.exec(host)?.[1] ?? '';
    this.hostname = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
    this.path =
      parsed.pathname === '/' && !/[^/:]\/|^\//.test(text.replace('://', '')) ? '' : parsed.pathname;
    const query: Record<string, string[]> = {};
    for (const [name, value] of parsed.searchParams) (query[name] ??= []).push(value);
    this.query = query;
  }
}

const isUrl = (text: string) => {
  try {
    return new Url(text) instanceof Url;
  } catch {
    return false;
  }
};

export function registerUrls(env: Environment): void {
  env.registerType('URL', { ctor: Url, fields: {} });
  env.registerFunction('url(string): URL', (text: string) => {
    if (!isUrl(text))
      throw new Error(`URL parse error during conversion from string: ${JSON.stringify(text)}`);
    return new Url(text);
  });
  env.registerFunction('isURL(string): bool', isUrl);
  env.registerFunction('URL.getScheme(): string', (url: Url) => url.scheme);
  env.registerFunction('URL.getHost(): string', (url: Url) => url.host);
  env.registerFunction('URL.getHostname(): string', (url: Url) => url.hostname);
  env.registerFunction('URL.getPort(): string', (url: Url) => url.port);
  env.registerFunction('URL.getEscapedPath(): string', (url: Url) => url.path);
  env.registerFunction('URL.getQuery(): map', (url: Url) => url.query);
}
