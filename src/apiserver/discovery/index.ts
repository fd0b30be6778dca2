/** Which groups, versions and resources there are: `/`, `/api`, `/apis` and what is below them, and `/version`. */
import type { Kind } from '../../api/kind.ts';
import type { Answer, ApiRequest } from '../contract.ts';
import { discoveryViews, negotiate, notAcceptable } from '../wire/index.ts';
import { apiGroupDiscoveryList } from './aggregated.ts';
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from './legacy.ts';
import { type ServedGroup, servedGroups } from './resources.ts';
import { version } from './version.ts';

/** The answer, if the path is one of discovery's and what it names is served. */
export function discoveryAnswer(request: ApiRequest, kinds: readonly Kind[]): Answer | undefined {
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
  const [root, ...rest] = request.path.replace(/^\/+|\/+$/g, '').split('/');
  if (root === '' && rest.length === 0) return { code: 200, object: { paths: pathsOf(kinds) } };
  if (root === 'version' && rest.length === 0) return { code: 200, object: version };
  if ((root !== 'api' && root !== 'apis') || rest.length > 2) return undefined;
  const groups = servedGroups(kinds).filter((group) => (group.name === '') === (root === 'api'));
  if (rest.length === 0) return rootAnswer(request, root, groups);
  const object = root === 'api' ? versionAnswer(groups, '', rest) : groupAnswer(groups, rest);
  return object && { code: 200, object };
}

/** What `/` says: where one may look next. */
function pathsOf(kinds: readonly Kind[]): string[] {
  const groups = servedGroups(kinds).flatMap(({ name, versions }) => {
    const path = name === '' ? '/api' : `/apis/${name}`;
    return [path, ...versions.map(({ version: v }) => `${path}/${v}`)];
  });
  const others = ['/healthz', '/livez', '/readyz', '/metrics', '/openapi/v2', '/openapi/v3', '/version'];
  const issuer = ['/.well-known/openid-configuration', '/openid/v1/jwks'];
  return [...groups, '/apis', ...issuer, ...others].toSorted();
}

function rootAnswer(request: ApiRequest, root: 'api' | 'apis', groups: readonly ServedGroup[]): Answer {
  const negotiated = negotiate(request.headers['accept'], discoveryViews);
  if (!negotiated) return { code: 406, object: notAcceptable().status };
  if (negotiated.as && negotiated.version) {
    return {
      code: 200,
      // Clients tell by the parameters that they got what they asked for.
      contentType: `application/json;g=apidiscovery.k8s.io;v=${negotiated.version};as=${negotiated.as}`,
      headers: { vary: 'Accept' },
      body: JSON.stringify(apiGroupDiscoveryList(groups, negotiated.version)),
    };
  }
  const host = request.headers['host'] ?? request.headers[':authority'] ?? '';
  return { code: 200, object: root === 'api' ? apiVersions(groups, host) : apiGroupList(groups) };
}

function groupAnswer(groups: readonly ServedGroup[], [name = '', ...rest]: string[]): object | undefined {
  const group = groups.find((g) => g.name === name);
  if (!group) return undefined;
  return rest.length === 0 ? apiGroup(group) : versionAnswer([group], `${name}/`, rest);
}

function versionAnswer(
  groups: readonly ServedGroup[],
  prefix: string,
  [name = '', ...rest]: string[],
): object | undefined {
  const served = groups.flatMap((g) => g.versions).find((v) => v.version === name);
  return served && rest.length === 0 ? apiResourceList(`${prefix}${name}`, served.resources) : undefined;
}
