/** Discovery as it always was: a document for each group and version. */
import type { GroupVersionKind, ServedGroup, ServedResource, ServedSubresource } from './resources.ts';

const v1 = { apiVersion: 'v1' };

/** `/api`; `host` is where the client reached us. */
export const apiVersions = (groups: readonly ServedGroup[], host: string): object => ({
  kind: 'APIVersions',
  versions: groups.filter((g) => g.name === '').flatMap((g) => g.versions.map((v) => v.version)),
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: host }],
});

/** `/apis` */
export const apiGroupList = (groups: readonly ServedGroup[]): object => ({
  kind: 'APIGroupList',
  ...v1,
  groups: groups.filter((g) => g.name !== '').map(groupOf),
});

/** `/apis/apps` */
export const apiGroup = (group: ServedGroup): object => ({ kind: 'APIGroup', ...v1, ...groupOf(group) });

function groupOf({ name, versions }: ServedGroup): object {
  const listed = versions.map(({ version }) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: listed, preferredVersion: listed[0] };
}

/** `/api/v1`, `/apis/apps/v1` */
export const apiResourceList = (groupVersion: string, resources: readonly ServedResource[]): object => ({
  kind: 'APIResourceList',
  ...v1,
  groupVersion,
  resources: resources.flatMap((resource) => [
    {
      name: resource.plural,
      singularName: resource.singular,
      namespaced: resource.namespaced,
      kind: resource.of.kind,
      verbs: resource.verbs,
      ...(resource.shortNames.length > 0 && { shortNames: resource.shortNames }),
      ...(resource.categories.length > 0 && { categories: resource.categories }),
    },
    ...resource.subresources.map((subresource) => subresourceOf(resource, subresource)),
  ]),
});

function subresourceOf(resource: ServedResource, { name, of, verbs }: ServedSubresource): object {
  return {
    name: `${resource.plural}/${name}`,
    singularName: '',
    namespaced: resource.namespaced,
    ...(isForeign(of, resource.of) && { group: of.group, version: of.version }),
    kind: of.kind,
    verbs,
  };
}

const isForeign = (a: GroupVersionKind, b: GroupVersionKind) =>
  a.group !== b.group || a.version !== b.version;
