/**
 * What a request wants of the node, in the words of RBAC.
 * https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/#kubelet-authorization
 */
export interface Attributes {
  verb: string;
  /** Of `nodes`: one of them is enough. */
  subresources: string[];
}

const verbs: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** First segment of the path → subresource; everything else is `proxy`. */
const subresources: Readonly<Record<string, string[]>> = {
  stats: ['stats'],
  metrics: ['metrics'],
  logs: ['log'],
  pods: ['pods', 'proxy'],
  healthz: ['healthz', 'proxy'],
};

export function attributesOf(method: string, path: string): Attributes {
  const first = path.split('/')[1] ?? '';
  return {
    // To run a command is never a mere read, although a WebSocket begins with a GET.
    verb: /^(exec|attach|portForward)$/.test(first) ? 'create' : (verbs[method] ?? method.toLowerCase()),
    subresources: subresources[first] ?? ['proxy'],
  };
}
