/** Everything that is served, as discovery and OpenAPI tell it: kinds, their subresources, and reviews. */
import type { Kind } from '../../api/kind.ts';

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface ServedSubresource {
  readonly name: string;
  /** What is sent and answered. */
  readonly of: GroupVersionKind;
  readonly verbs: readonly string[];
}

export interface ServedResource {
  readonly plural: string;
  readonly singular: string;
  readonly of: GroupVersionKind;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly ServedSubresource[];
}

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

const core = (kind: string): GroupVersionKind => ({ group: '', version: 'v1', kind });

/** Requests of every method go through. */
const proxy = (kind: string): ServedSubresource => ({
  name: 'proxy',
  of: core(kind),
  verbs: ['create', 'delete', 'get', 'patch', 'update'],
});

/** Subresources that only one kind has, by `plural.group`. */
const ownSubresources: Readonly<Record<string, readonly ServedSubresource[]>> = {
  'namespaces.': [{ name: 'finalize', of: core('Namespace'), verbs: ['update'] }],
  'nodes.': [proxy('NodeProxyOptions')],
  'pods.': [
    { name: 'attach', of: core('PodAttachOptions'), verbs: ['create', 'get'] },
    { name: 'binding', of: core('Binding'), verbs: ['create'] },
    { name: 'ephemeralcontainers', of: core('Pod'), verbs: ['get', 'patch', 'update'] },
    { name: 'eviction', of: { group: 'policy', version: 'v1', kind: 'Eviction' }, verbs: ['create'] },
    { name: 'exec', of: core('PodExecOptions'), verbs: ['create', 'get'] },
    { name: 'log', of: core('Pod'), verbs: ['get'] },
    { name: 'portforward', of: core('PodPortForwardOptions'), verbs: ['create', 'get'] },
    proxy('PodProxyOptions'),
  ],
  'certificatesigningrequests.certificates.k8s.io': [
    {
      name: 'approval',
      of: { group: 'certificates.k8s.io', version: 'v1', kind: 'CertificateSigningRequest' },
      verbs: ['get', 'patch', 'update'],
    },
  ],
  'serviceaccounts.': [
    {
      name: 'token',
      of: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
      verbs: ['create'],
    },
  ],
  'services.': [proxy('ServiceProxyOptions')],
};

const scale: ServedSubresource = {
  name: 'scale',
  of: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  verbs: ['get', 'patch', 'update'],
};

function ofKind(kind: Kind): ServedResource {
  const { group, version, plural, namespaced, kind: name } = kind.resource;
  const of = { group, version, kind: name };
  const subresources = [...(ownSubresources[`${plural}.${group}`] ?? [])];
  if (kind.scale) subresources.push(scale);
  if (kind.status) subresources.push({ name: 'status', of, verbs: ['get', 'patch', 'update'] });
  return {
    plural,
    singular: kind.singular,
    of,
    namespaced,
    verbs: kind.verbs ?? allVerbs,
    shortNames: kind.shortNames ?? [],
    categories: kind.categories ?? [],
    subresources,
  };
}

/** What is posted to be answered and never stored. */
function review(group: string, kind: string, namespaced = false): ServedResource {
  const singular = kind.toLowerCase();
  return {
    plural: `${singular}s`,
    singular,
    of: { group, version: 'v1', kind },
    namespaced,
    verbs: ['create'],
    shortNames: [],
    categories: [],
    subresources: [],
  };
}

const reviews: readonly ServedResource[] = [
  review('', 'Binding', true),
  review('authentication.k8s.io', 'SelfSubjectReview'),
  review('authentication.k8s.io', 'TokenReview'),
  review('authorization.k8s.io', 'LocalSubjectAccessReview', true),
  review('authorization.k8s.io', 'SelfSubjectAccessReview'),
  review('authorization.k8s.io', 'SelfSubjectRulesReview'),
  review('authorization.k8s.io', 'SubjectAccessReview'),
];

/** Those of these kinds alone, by name. */
export const servedResources = (kinds: readonly Kind[]): ServedResource[] =>
  kinds.map(ofKind).sort((a, b) => (a.plural < b.plural ? -1 : 1));

export interface ServedGroup {
  readonly name: string;
  /** The preferred one first. */
  readonly versions: readonly { readonly version: string; readonly resources: readonly ServedResource[] }[];
}

/** The core group first, then by name; resources by name. */
export function servedGroups(kinds: readonly Kind[]): ServedGroup[] {
  const all = [...kinds.map(ofKind), ...reviews];
  const byGroup = Map.groupBy(all, (resource) => resource.of.group);
  return [...byGroup.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, resources]) => ({ name, versions: versionsOf(resources) }));
}

function versionsOf(resources: readonly ServedResource[]): ServedGroup['versions'] {
  return [...Map.groupBy(resources, (resource) => resource.of.version).entries()]
    .sort(([a], [b]) => compareVersions(b, a))
    .map(([version, members]) => ({
      version,
      resources: members.sort((a, b) => (a.plural < b.plural ? -1 : 1)),
    }));
}

/**
 * `v2` comes after `v1`, and both after `v2beta1`.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority
 */
function compareVersions(a: string, b: string): number {
  const rank = (version: string) => {
    const [, major = '0', stage, minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
    return [stage === undefined ? 2 : stage === 'beta' ? 1 : 0, Number(major), Number(minor)] as const;
  };
  const [isKnownA, isKnownB] = [a, b].map((version) => /^v\d+((alpha|beta)\d+)?$/.test(version));
  // Versions of any other form come last, by the alphabet.
  if (!isKnownA || !isKnownB) return Number(isKnownA) - Number(isKnownB) || (a < b ? 1 : -1);
  const [x, y] = [rank(a), rank(b)];
  return x[0] - y[0] || x[1] - y[1] || x[2] - y[2];
}
