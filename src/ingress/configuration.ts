/**
 * A site in HAProxy's own language: one file with the frontends and backends, maps that find the backend, and
 * certificates. Maps are trees: the time for a request does not grow with the number of Ingresses.
 * https://docs.haproxy.org/2.6/configuration.html
 */
import type { Backend, Route, Site } from './contract.ts';
import { type Slots, serverName } from './slots.ts';
import { wishes } from './wishes.ts';

export interface Place {
  /** Where the files and the proxy's socket are. */
  directory: string;
  /** What the sockets listen on: `0.0.0.0:80,:::80 v6only`. One for both families would show IPv4 clients as `::ffff:…`. */
  bind: { http: string; https: string; health: string };
}

/** File name below the directory → text. */
export type Files = Map<string, string>;

export const ownCertificate = 'certificates/own.pem';

/** `revision` is what the proxy answers on its socket once it works by these files. */
export function filesOf(
  site: Site,
  slots: ReadonlyMap<string, Slots>,
  place: Place,
  revision: string,
): Files {
  const backends = site.backends.map((backend) => backendText(backend, slots.get(backend.name) ?? []));
  const text = [frame(place, revision), web(place), ...backends, noRoute].join('\n\n');
  const files: Files = new Map([['haproxy.cfg', `${text}\n`], ...maps(site.routes)]);
  for (const { name, pem } of site.certificates) files.set(`certificates/${name}.pem`, pem);
  files.set('certificates.list', certificateList(site, place.directory));
  return files;
}

const frame = ({ directory, bind }: Place, revision: string): string => `global
    # Normalized paths are what routes are found by: see frontend web.
    expose-experimental-directives
    stats socket ${directory}/admin.sock mode 600 level admin expose-fd listeners
    description ${revision}
    log stdout format raw daemon
    maxconn 4000
    nbthread 1
    # Connections that a new configuration found open, WebSockets among them, have so long to end.
    hard-stop-after 240s
    ssl-default-bind-options ssl-min-ver TLSv1.2
    tune.ssl.default-dh-param 2048

defaults
    mode http
    option redispatch 1
    retries 3
    retry-on conn-failure empty-response
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    timeout tunnel 1h
    timeout http-request 60s
    timeout http-keep-alive 75s

frontend health
    bind ${bind.health}
    monitor-uri /healthz
    http-request use-service prometheus-exporter if { path /metrics }
    http-request return status 404`;

/** How ingress-nginx names to a backend who asked: https://kubernetes.github.io/ingress-nginx/user-guide/miscellaneous/ */
const forwarded = `    http-request set-header X-Request-ID %[uuid()] unless { req.hdr(X-Request-ID) -m found }
    http-request set-header X-Real-IP %[src]
    http-request set-header X-Forwarded-For %[src]
    http-request set-header X-Forwarded-Host %[req.hdr(host)]
    http-request set-header X-Forwarded-Port %[dst_port]
    http-request set-header X-Forwarded-Proto http unless { ssl_fc }
    http-request set-header X-Forwarded-Proto https if { ssl_fc }
    http-request set-header X-Forwarded-Scheme %[req.hdr(X-Forwarded-Proto)]
    http-request set-header X-Scheme %[req.hdr(X-Forwarded-Proto)]`;

const web = ({ directory, bind }: Place): string => `frontend web
    bind ${bind.http}
    bind ${bind.https} ssl crt ${directory}/${ownCertificate} crt-list ${directory}/certificates.list alpn h2,http/1.1
    log global
    option httplog
    option dontlognull
${forwarded}
    # Routes are found by the path as a backend would understand it; it gets the one that was sent.
    http-request set-var(txn.pathq) pathq
    http-request normalize-uri percent-decode-unreserved
    http-request normalize-uri path-merge-slashes
    http-request normalize-uri path-strip-dot
    http-request normalize-uri path-strip-dotdot full
    http-request set-var(txn.path) path
    http-request set-pathq %[var(txn.pathq)] if { var(txn.pathq) -m found }
    # The host itself, else the wildcard of its first label, else every host.
    http-request set-var(txn.host) req.hdr(host),host_only,lower
    http-request set-var(txn.site) var(txn.host),map_str(${directory}/hosts.map)
    http-request set-var(txn.site) 'var(txn.host),regsub(^[^.]+,*),map_str(${directory}/hosts.map)' unless { var(txn.site) -m found }
    http-request set-var(txn.site) str(*) unless { var(txn.site) -m found }
    # The path itself, else the first pattern, else the longest beginning.
    http-request set-var(txn.key) var(txn.site),concat(,txn.path)
    http-request set-var(txn.backend) var(txn.key),map_str(${directory}/exact.map)
    http-request set-var(txn.backend) var(txn.key),map_reg(${directory}/patterns.map) unless { var(txn.backend) -m found }
    http-request set-var(txn.backend) var(txn.key),concat(/),map_beg(${directory}/beginnings.map) unless { var(txn.backend) -m found }
    use_backend %[var(txn.backend)] if { var(txn.backend) -m found }
    default_backend no_route`;

const noRoute = `backend no_route
    http-request return status 404 content-type text/plain string 'default backend - 404'`;

function backendText(backend: Backend, slots: Slots): string {
  const { protocol } = backend.options;
  const tls = protocol === 'HTTPS' || protocol === 'GRPCS' ? ' ssl verify none' : '';
  const http2 = protocol === 'GRPC' ? ' proto h2' : protocol === 'GRPCS' ? ' alpn h2' : '';
  const servers = slots.map((slot, index) => {
    const at = slot
      ? `${slot.address.includes(':') ? `[${slot.address}]` : slot.address}:${slot.port}`
      : '127.0.0.1:9';
    return `    server ${serverName(index)} ${at}${tls}${http2}${slot ? '' : ' disabled'}`;
  });
  return [
    `backend ${backend.name}`,
    '    balance roundrobin',
    // What may have arrived is asked for once more only where twice is the same as once: RFC 9110, section 9.2.2.
    '    http-request disable-l7-retry unless { method GET HEAD OPTIONS }',
    ...wishes(backend).map((line) => `    ${line}`),
    ...servers,
  ].join('\n');
}

function maps(routes: readonly Route[]): [string, string][] {
  // Where a host has a pattern, all its paths are patterns, the longest first: nginx's rule for such hosts.
  const byPatterns = new Set(routes.filter(({ match }) => match === 'regex').map(({ host }) => host));
  const rest = routes.filter(({ match }) => match !== 'exact');
  const patterns = rest
    .filter(({ host }) => byPatterns.has(host))
    .sort((a, b) => b.path.length - a.path.length)
    .map((route) => [patternOf(route), route.backend]);
  const lines = (pairs: (string | undefined)[][]) => pairs.map((pair) => `${pair.join(' ')}\n`).join('');
  const of = (wanted: readonly Route[], key: (route: Route) => string) =>
    lines(wanted.map((route) => [key(route), route.backend]));
  return [
    ['hosts.map', lines([...new Set(routes.map(({ host }) => host))].map((host) => [host, host]))],
    [
      'exact.map',
      of(
        routes.filter(({ match }) => match === 'exact'),
        ({ host, path }) => host + path,
      ),
    ],
    ['patterns.map', lines(patterns)],
    [
      'beginnings.map',
      of(
        rest.filter(({ host }) => !byPatterns.has(host)),
        (route) => route.host + beginningOf(route),
      ),
    ],
  ];
}

/** What is looked up ends with a slash, so that the element `/foo` is not the beginning of `/foobar`. */
const beginningOf = ({ match, path }: Route): string =>
  match === 'prefix' ? path.replace(/\/*$/, '/') : path;

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function patternOf({ host, match, path }: Route): string {
  if (match === 'regex') return `^${literal(host)}(?i:${path.replace(/^\^/, '')})`;
  const end = match === 'prefix' ? '(/|$)' : '';
  return `^${literal(host)}${literal(match === 'prefix' ? path.replace(/\/+$/, '') : path)}${end}`;
}

const certificateList = ({ certificates }: Site, directory: string): string =>
  certificates
    .filter(({ hosts }) => hosts.length > 0)
    .map(({ name, hosts }) => `${directory}/certificates/${name}.pem ${hosts.join(' ')}\n`)
    .join('');
