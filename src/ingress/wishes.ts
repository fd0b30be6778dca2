/** What the annotations of an Ingress ask for, as lines of its backend. */
import type { Backend } from './contract.ts';

export function wishes({ options, redirectsToTls, rewrite }: Backend): string[] {
  const { closed, allow, deny, bodyBytes, appRoot, redirect, upstreamVhost, cookie } = options;
  const lines: (string | 0 | false | undefined)[] = [
    closed && 'http-request deny deny_status 503',
    redirectsToTls && 'http-request redirect prefix https://%[var(txn.host)] code 308 unless { ssl_fc }',
    deny && `http-request deny deny_status 403 if { src ${deny.join(' ')} }`,
    allow && `http-request deny deny_status 403 unless { src ${allow.join(' ')} }`,
    bodyBytes && `http-request deny deny_status 413 if { req.hdr(content-length) -m int gt ${bodyBytes} }`,
    redirect && `http-request redirect location ${quoted(format(redirect.to))} code ${redirect.code}`,
    appRoot && `http-request redirect location ${quoted(format(appRoot))} code 302 if { path / }`,
    rewrite && rewritten(rewrite),
    upstreamVhost && `http-request set-header Host ${quoted(format(upstreamVhost))}`,
    options.connectTimeoutSeconds && `timeout connect ${options.connectTimeoutSeconds}s`,
    options.readTimeoutSeconds && `timeout server ${options.readTimeoutSeconds}s`,
    cookie && `cookie ${cookie} insert indirect nocache httponly dynamic`,
    // Cookies are made of the endpoint's address: any replica of the controller knows them.
    cookie && 'dynamic-cookie-key switchboard',
  ];
  return lines.filter((line) => typeof line === 'string');
}

/** nginx writes groups as `$1`. The whole path is replaced, also where the pattern is about its beginning. */
function rewritten({ pattern, target }: NonNullable<Backend['rewrite']>): string {
  if (pattern === undefined) return `http-request set-path ${quoted(format(target))}`;
  const groups = format(target.replaceAll('\\', '\\\\')).replace(/\$(\d)/g, '\\$1');
  return `http-request replace-path ${quoted(`(?i)^${pattern.replace(/^\^/, '')}`)} ${quoted(groups)}`;
}

/** A log-format string, in which nothing is looked up. */
const format = (text: string): string => text.replaceAll('%', '%%');

/** Strong quotes: section 2.2 of the configuration manual. The text has none of its own. */
const quoted = (text: string): string => `'${text}'`;
