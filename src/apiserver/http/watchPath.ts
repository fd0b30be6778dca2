/**
 * Watches by path, as some clients (Ruby's kubeclient, and with it Fluentd) still ask for them:
 * `/api/v1/watch/namespaces/NAMESPACE/PLURAL/NAME` is a watch of the collection, and of one object in it.
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#list-http-get has them as deprecated.
 */
import { decodeSegment } from '../request/path.ts';

const pattern = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)\/watch(\/(?:namespaces\/[^/]+\/)?[^/]+)(?:\/([^/]+))?\/?$/;

export interface Asked {
  path: string;
  query: URLSearchParams;
}

/** The same question in today's words; what is no such path stays as it is. */
export function todaysWatch({ path, query }: Asked): Asked {
  const [, root, collection, name] = pattern.exec(path) ?? [];
  if (root === undefined || collection === undefined) return { path, query };
  const today = new URLSearchParams(query);
  today.set('watch', 'true');
  if (name !== undefined) {
    const one = `metadata.name=${decodeSegment(name)}`;
    const selector = query.get('fieldSelector');
    today.set('fieldSelector', selector ? `${one},${selector}` : one);
  }
  return { path: `${root}${collection}`, query: today };
}
