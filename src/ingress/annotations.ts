/**
 * The annotations of ingress-nginx that are carried out. One that is not known is told; one that guards the way in and
 * cannot be carried out closes the Ingress, since to ignore it would open what its owner shut.
 * https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/
 */
import { hostRange, parseCidr } from '../lib/ip.ts';
import { isQuotable } from './quotable.ts';

export type Protocol = 'HTTP' | 'HTTPS' | 'GRPC' | 'GRPCS';

export interface Options {
  protocol: Protocol;
  /** Away from plain HTTP when the host has TLS. */
  sslRedirect: boolean;
  /** Away from plain HTTP in any case. */
  forceSslRedirect: boolean;
  useRegex: boolean;
  rewriteTarget?: string;
  appRoot?: string;
  redirect?: { to: string; code: number };
  /** The longest body, by Content-Length. */
  bodyBytes?: number;
  /** CIDRs; only who is in one may come. */
  allow?: readonly string[];
  deny?: readonly string[];
  connectTimeoutSeconds?: number;
  readTimeoutSeconds?: number;
  upstreamVhost?: string;
  /** Keeps a client at one endpoint. */
  cookie?: string;
  /** Nobody may come, because a guard cannot be carried out. */
  closed?: boolean;
}

const prefix = 'nginx.ingress.kubernetes.io/';

type Read = (value: string) => Partial<Options>;

function text(value: string): string {
  if (value === '' || !isQuotable(value))
    throw new Error('must be text without quotes and control characters');
  return value;
}

function flag(value: string): boolean {
  if (value !== 'true' && value !== 'false') throw new Error('must be "true" or "false"');
  return value === 'true';
}

function seconds(value: string): number {
  const count = Number(value.replace(/s$/, ''));
  if (!Number.isInteger(count) || count < 1 || count > 86_400)
    throw new Error('must be seconds from 1 to 86400');
  return count;
}

const unitBytes: Record<string, number> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** As nginx writes sizes: `8m`. 0 means no limit. */
function bytes(value: string): Partial<Options> {
  const [, count, unit] = /^(\d{1,9})([kmg]?)$/i.exec(value) ?? [];
  if (count === undefined) throw new Error('must be a size such as 8m');
  const size = Number(count) * (unitBytes[(unit ?? '').toLowerCase()] ?? 1);
  return size === 0 ? {} : { bodyBytes: size };
}

function cidrs(value: string): string[] {
  const found = value.split(',').map((part) => part.trim());
  for (const cidr of found) parseCidr(cidr.includes('/') ? cidr : hostRange(cidr));
  return found;
}

function protocol(value: string): Partial<Options> {
  const found = (['HTTP', 'HTTPS', 'GRPC', 'GRPCS'] as const).find((p) => p === value.toUpperCase());
  if (!found) throw new Error('must be HTTP, HTTPS, GRPC or GRPCS');
  return { protocol: found };
}

function affinity(value: string): Partial<Options> {
  if (value !== 'cookie') throw new Error('must be "cookie"');
  return { cookie: 'INGRESSCOOKIE' };
}

function cookieName(value: string): Partial<Options> {
  // RFC 6265, section 4.1.1: a token.
  if (!/^[\w!#$%&*+.^`|~-]+$/.test(value)) throw new Error('must be a name for a cookie');
  return { cookie: value };
}

function closing(): never {
  throw new Error('guards the way in and is not supported');
}

const known: Record<string, Read> = {
  'rewrite-target': (value) => ({ rewriteTarget: text(value) }),
  'use-regex': (value) => ({ useRegex: flag(value) }),
  'ssl-redirect': (value) => ({ sslRedirect: flag(value) }),
  'force-ssl-redirect': (value) => ({ forceSslRedirect: flag(value) }),
  'app-root': (value) => ({ appRoot: text(value) }),
  'permanent-redirect': (value) => ({ redirect: { to: text(value), code: 301 } }),
  'temporal-redirect': (value) => ({ redirect: { to: text(value), code: 302 } }),
  'backend-protocol': protocol,
  'proxy-body-size': bytes,
  'proxy-connect-timeout': (value) => ({ connectTimeoutSeconds: seconds(value) }),
  'proxy-read-timeout': (value) => ({ readTimeoutSeconds: seconds(value) }),
  'proxy-send-timeout': (value) => (seconds(value), {}),
  'upstream-vhost': (value) => ({ upstreamVhost: text(value) }),
  affinity,
  'session-cookie-name': cookieName,
};

/** Those whose failure closes the Ingress. */
const guards: Record<string, Read> = {
  'whitelist-source-range': (value) => ({ allow: cidrs(value) }),
  'allowlist-source-range': (value) => ({ allow: cidrs(value) }),
  'denylist-source-range': (value) => ({ deny: cidrs(value) }),
  'auth-type': closing,
  'auth-url': closing,
  'auth-tls-secret': closing,
  'enable-global-auth': closing,
  satisfy: closing,
};

export interface ReadAnnotations {
  options: Options;
  /** Sentences for the owner. */
  problems: string[];
}

export function readAnnotations(annotations: Readonly<Record<string, string>> = {}): ReadAnnotations {
  const options: Options = { protocol: 'HTTP', sslRedirect: true, forceSslRedirect: false, useRegex: false };
  const problems: string[] = [];
  for (const [name, value] of Object.entries(annotations).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!name.startsWith(prefix)) continue;
    const short = name.slice(prefix.length);
    const guard = guards[short];
    const read = guard ?? known[short];
    if (!read) {
      problems.push(`annotation ${name} is not supported and ignored`);
      continue;
    }
    try {
      Object.assign(options, read(value));
    } catch (err) {
      const why = err instanceof Error ? err.message : String(err);
      const outcome = guard ? 'the Ingress answers 503' : 'ignored';
      problems.push(`annotation ${name}: ${JSON.stringify(value)}: ${why}: ${outcome}`);
      if (guard) options.closed = true;
    }
  }
  if (annotations[`${prefix}affinity`] === undefined) delete options.cookie;
  return { options, problems };
}
