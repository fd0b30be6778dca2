/**
 * Ingresses, and what they refer to, become routes, backends and certificates.
 * https://kubernetes.io/docs/concepts/services-networking/ingress/
 */
import type { Ingress } from '../api/types.ts';
import { type Options, readAnnotations } from './annotations.ts';
import { backendsOf } from './backends.ts';
import { certificatesOf } from './certificates.ts';
import type { Certificate, Problem, Route, Site, World } from './contract.ts';
import { isQuotable } from './quotable.ts';

type Path = NonNullable<NonNullable<NonNullable<Ingress['spec']>['rules']>[number]['http']>['paths'][number];

/** What an IngressClass calls us, as people know it from ingress-nginx. */
export const controllerName = 'k8s.io/ingress-nginx';
/** How a class was named before there was a field for it. */
const oldClassAnnotation = 'kubernetes.io/ingress.class';

export function isOurs({ metadata, spec }: Ingress, world: Pick<World, 'class'>): boolean {
  const name = spec?.ingressClassName ?? metadata.annotations?.[oldClassAnnotation];
  return name !== undefined && world.class(name)?.spec?.controller === controllerName;
}

export function translate(world: World): Site {
  const ingresses = [...world.ingresses].filter((ingress) => isOurs(ingress, world)).sort(byAge);
  const problems: Problem[] = [];
  const refersTo = new Set<string>();
  const routes = new Map<string, Route & { ingress: Ingress }>();
  const backends = backendsOf(world, refersTo);
  const certificates: Certificate[] = [];

  for (const ingress of ingresses) {
    const tell: Tell = (reason, message) => problems.push({ ingress, reason, message });
    const { options, problems: said } = readAnnotations(ingress.metadata.annotations);
    for (const message of said) tell('Annotation', message);
    if (isCanary(ingress)) {
      tell('Canary', 'a canary is not supported: all requests go where they went without it');
      continue;
    }
    certificates.push(...certificatesOf(ingress, world, refersTo, tell));
    for (const { host, path } of pathsOf(ingress)) {
      const route = { host, match: matchOf(path, options), path: path.path || '/' };
      if (!isFree(route, ingress, routes, tell)) continue;
      const redirectsToTls = options.forceSslRedirect || (options.sslRedirect && hasTls(ingress, host));
      const wishes = { ...rewriting(route, options), options, redirectsToTls };
      const backend = backends.add(ingress, path.backend, wishes, tell);
      routes.set(keyOfRoute(route), { ...route, backend, ingress });
    }
  }
  return {
    routes: [...routes.values()].map(({ ingress: _, ...route }) => route),
    backends: backends.list(),
    certificates: unlikeNames(certificates),
    ingresses,
    problems,
    refersTo,
  };
}

const nameOf = ({ metadata }: Ingress): string => `${metadata.namespace}/${metadata.name}`;

/** The oldest first: what is there is not taken away by what comes later. */
const byAge = (a: Ingress, b: Ingress): number => time(a) - time(b) || (nameOf(a) < nameOf(b) ? -1 : 1);
const time = ({ metadata }: Ingress): number => Date.parse(metadata.creationTimestamp ?? '') || 0;

/** A default backend is what a host has for `/` when it says nothing else. */
function pathsOf({ spec }: Ingress): { host: string; path: Path }[] {
  const { rules = [], defaultBackend } = spec ?? {};
  const named = rules.flatMap(({ host, http }) =>
    (http?.paths ?? []).map((path) => ({ host: host || '*', path })),
  );
  if (!defaultBackend) return named;
  const hosts = rules.length === 0 ? ['*'] : [...new Set(rules.map(({ host }) => host || '*'))];
  const path: Path = { path: '/', pathType: 'Prefix', backend: defaultBackend };
  const own = (host: string) =>
    named.some((n) => n.host === host && n.path.pathType !== 'Exact' && (n.path.path || '/') === '/');
  return [...named, ...hosts.filter((host) => !own(host)).map((host) => ({ host, path }))];
}

/** A path with a group or a wildcard is what tutorials of rewriting show, whatever its type says. */
const looksLikePattern = (path: string): boolean => /[()[\]*+?^$|\\{}]/.test(path);

function matchOf({ path = '', pathType }: Path, { useRegex, rewriteTarget }: Options): Route['match'] {
  if (pathType === 'Exact') return 'exact';
  if ((useRegex || rewriteTarget !== undefined) && looksLikePattern(path)) return 'regex';
  return pathType === 'Prefix' ? 'prefix' : 'start';
}

type Tell = (reason: string, message: string) => void;

/** Whether the route can be had, and nobody has it. */
function isFree(
  route: Omit<Route, 'backend'>,
  ingress: Ingress,
  routes: ReadonlyMap<string, { ingress: Ingress }>,
  tell: Tell,
): boolean {
  const at = `${route.host}${route.path}`;
  const wrong = unusable(route);
  if (wrong) tell('Path', `${at}: ${wrong}`);
  const taken = routes.get(keyOfRoute(route));
  if (taken && taken.ingress !== ingress)
    tell('Conflict', `${at} is carried out for ${nameOf(taken.ingress)}, which is older`);
  return !wrong && !taken;
}

/** Its traffic would be a part of another Ingress's. */
const isCanary = ({ metadata }: Ingress): boolean =>
  metadata.annotations?.['nginx.ingress.kubernetes.io/canary'] === 'true';

const keyOfRoute = (route: Omit<Route, 'backend'>): string =>
  `${route.host} ${route.match === 'exact' ? 'exact' : 'other'} ${keyOfPath(route)}`;

const keyOfPath = ({ match, path }: Pick<Route, 'match' | 'path'>): string =>
  match === 'prefix' ? path.replace(/\/*$/, '/') : path;

function unusable({ match, path }: Pick<Route, 'match' | 'path'>): string | undefined {
  if (path.includes(' ') || !isQuotable(path))
    return 'a path cannot have spaces, quotes or control characters';
  if (match !== 'regex') return undefined;
  // The proxy's patterns are PCRE, and one that it cannot read would keep everybody's configuration from loading.
  if (/\\[uUNcLlE]|\[\^?\]|\(\*|\(\?[^:=!i]/.test(path)) return 'this is no pattern that the proxy can read';
  try {
    new RegExp(path);
    return undefined;
  } catch (err) {
    return err instanceof Error ? err.message : String(err);
  }
}

function rewriting({ match, path }: Pick<Route, 'match' | 'path'>, { rewriteTarget }: Options) {
  if (rewriteTarget === undefined) return {};
  return match === 'regex'
    ? { rewrite: { pattern: path, target: rewriteTarget } }
    : { rewrite: { target: rewriteTarget.replace(/\$\d/g, '') || '/' } };
}

/** A tls entry without hosts is about all of the Ingress. */
const hasTls = ({ spec }: Ingress, host: string): boolean =>
  (spec?.tls ?? []).some(({ hosts = [] }) => hosts.length === 0 || hosts.includes(host));

/** Several Ingresses may show the same Secret. */
function unlikeNames(certificates: readonly Certificate[]): Certificate[] {
  const byName = new Map<string, Certificate>();
  for (const certificate of certificates) {
    const hosts = [...(byName.get(certificate.name)?.hosts ?? []), ...certificate.hosts];
    byName.set(certificate.name, { ...certificate, hosts: [...new Set(hosts)] });
  }
  return [...byName.values()];
}
