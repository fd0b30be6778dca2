/**
 * Discovery in one document for all groups.
 * https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
 */
import type { ServedGroup, ServedResource } from './resources.ts';

/** Of `/api` (the core group) or `/apis` (the others); v2 and v2beta1 look the same. */
export const apiGroupDiscoveryList = (groups: readonly ServedGroup[], version: string): object => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: `apidiscovery.k8s.io/${version}`,
  metadata: {},
  items: groups.map((group) => ({
    metadata: { ...(group.name !== '' && { name: group.name }), creationTimestamp: null },
    versions: group.versions.map((served) => ({
      version: served.version,
      resources: served.resources.map(resourceOf),
      freshness: 'Current',
    })),
  })),
});

function resourceOf(resource: ServedResource): object {
  const { plural, of, namespaced, singular, verbs, shortNames, categories, subresources } = resource;
  return {
    resource: plural,
    responseKind: of,
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(subresources.length > 0 && {
      subresources: subresources.map((sub) => ({
        subresource: sub.name,
        responseKind: sub.of,
        verbs: sub.verbs,
      })),
    }),
  };
}
