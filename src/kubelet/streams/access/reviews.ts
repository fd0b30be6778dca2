/** The API server decides who may use the kubelet: TokenReview and SubjectAccessReview. */
import type { Resource } from '../../../api/resource.ts';
import type { KubeObject } from '../../../api/types.ts';
import type { Client } from '../../../client/contract.ts';
import type { Authenticate, Authorize, User } from '../contract.ts';

interface TokenReview extends KubeObject {
  spec: { token: string };
  status?: {
    authenticated?: boolean;
    user?: { username?: string; uid?: string; groups?: string[]; extra?: Record<string, string[]> };
  };
}

interface SubjectAccessReview extends KubeObject {
  spec: {
    user: string;
    uid?: string;
    groups: readonly string[];
    extra?: User['extra'];
    resourceAttributes: {
      verb: string;
      version: string;
      resource: string;
      subresource: string;
      name: string;
    };
  };
  status?: { allowed?: boolean };
}

const tokenReviews: Resource<TokenReview> = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenReview',
  plural: 'tokenreviews',
  namespaced: false,
};

const subjectAccessReviews: Resource<SubjectAccessReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  namespaced: false,
};

const of = ({ group, version, kind }: Resource) => ({
  apiVersion: `${group}/${version}`,
  kind,
  metadata: {},
});

/** With the client of `system:node:NAME`, who may ask both. */
export function accessByReviews(
  client: Pick<Client, 'create'>,
  nodeName: string,
): { authenticate: Authenticate; authorize: Authorize } {
  return {
    async authenticate(token) {
      const { status } = await client.create(tokenReviews, { ...of(tokenReviews), spec: { token } });
      const { username, uid, groups = [], extra } = status?.user ?? {};
      if (!status?.authenticated || !username) return undefined;
      return { name: username, groups, ...(uid && { uid }), ...(extra && { extra }) };
    },
    async authorize({ name, uid, groups, extra }, { verb, subresource }) {
      const { status } = await client.create(subjectAccessReviews, {
        ...of(subjectAccessReviews),
        spec: {
          user: name,
          groups,
          ...(uid && { uid }),
          ...(extra && { extra }),
          resourceAttributes: { verb, version: 'v1', resource: 'nodes', subresource, name: nodeName },
        },
      });
      return status?.allowed === true;
    },
  };
}
