/** Which subresources there are, and who answers them. */
import { methodNotAllowed } from '../../api/errors.ts';
import { approveConnect } from '../admission/connect.ts';
import { unknownPath } from '../answer/answers.ts';
import type { Verb } from '../authorize.ts';
import type { Call } from '../call.ts';
import type { Answer } from '../contract.ts';
import { get } from '../verbs/get.ts';
import { patch } from '../verbs/patch.ts';
import { update } from '../verbs/update.ts';
import { bind } from './binding.ts';
import { evict } from './eviction.ts';
import { scale } from './scale.ts';
import { token } from './token.ts';

/** Streams of a node, a pod or a Service: they are only passed on. */
const proxied: ReadonlySet<string> = new Set([
  'pods/log',
  'pods/exec',
  'pods/attach',
  'pods/portforward',
  'pods/proxy',
  'services/proxy',
  'nodes/proxy',
]);

/** Whether requests to this subresource are passed on to a node or a pod. */
export const isProxied = (group: string, plural: string, subresource: string | undefined): boolean =>
  group === '' && proxied.has(`${plural}/${subresource}`);

export async function subresource(call: Call, verb: Verb): Promise<Answer> {
  const { kind, parts, request } = call;
  const { group, plural } = kind.resource;
  if (isProxied(group, plural, call.subresource) && parts.proxy) {
    await approveConnect(parts.admission, parts.kinds, request);
    return parts.proxy(request);
  }
  switch (call.subresource) {
    case 'status':
      if (kind.status) return readOrWrite(call, verb);
      break;
    case 'scale':
      if (kind.scale) return scale(call, verb);
      break;
    case 'finalize':
      if (group === '' && plural === 'namespaces' && verb === 'update') return update(call);
      break;
    case 'approval':
      if (group === 'certificates.k8s.io' && plural === 'certificatesigningrequests')
        return readOrWrite(call, verb);
      break;
    case 'ephemeralcontainers':
      if (group === '' && plural === 'pods') return readOrWrite(call, verb);
      break;
    case 'binding':
      if (group === '' && plural === 'pods' && verb === 'create') return bind(call);
      break;
    case 'eviction':
      if (group === '' && plural === 'pods' && verb === 'create') return evict(call);
      break;
    case 'token':
      if (group === '' && plural === 'serviceaccounts' && verb === 'create' && parts.mintToken)
        return token(call, parts.mintToken);
      break;
  }
  throw unknownPath();
}

function readOrWrite(call: Call, verb: Verb): Promise<Answer> {
  if (verb === 'get') return get(call);
  if (verb === 'update') return update(call);
  if (verb === 'patch') return patch(call);
  throw methodNotAllowed(call.kind.resource, verb);
}
