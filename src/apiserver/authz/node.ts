/**
 * What a kubelet may do: read what its pods name, write what is its own. Rules say what holds for every
 * node; the rest depends on which node asks and on the pods that are bound to it. What stands in the object
 * that is written is looked at in admission (`../admission/nodeRestriction.ts`).
 * https://kubernetes.io/docs/reference/access-authn-authz/node/
 */
import type { User } from '../contract.ts';
import type { Attributes, Decision } from './contract.ts';
import { nodeRules } from './defaults/node.ts';
import type { NodeGraph } from './nodeGraph.ts';
import { ruleAllows } from './rbac.ts';

const prefix = 'system:node:';

/** The node that this user is the kubelet of, if it is one. */
export function nodeNameOf(user: User): string | undefined {
  if (!user.name.startsWith(prefix) || !user.groups.includes('system:nodes')) return undefined;
  return user.name.slice(prefix.length) || undefined;
}

const leaseNamespace = 'kube-node-lease';

/** A refusal here is not the last word: roles may be bound to a node as to anybody. */
export function decideForNode(attributes: Attributes, nodeName: string, graph: NodeGraph): Decision {
  const no = whyNot(attributes, nodeName, graph);
  if (no !== undefined) return { allowed: false, reason: no };
  const allowed = nodeRules.some((rule) => ruleAllows(rule, attributes));
  return { allowed, reason: '' };
}

function whyNot(attributes: Attributes, nodeName: string, graph: NodeGraph): string | undefined {
  const { resource } = attributes;
  if (!resource) return undefined;
  switch (`${resource.group}/${resource.plural}`) {
    case '/secrets':
    case '/configmaps':
    case '/persistentvolumeclaims':
      return notNamed(attributes, nodeName, graph);
    case '/persistentvolumes':
      return isOwnDirectory(attributes, nodeName, graph) ? undefined : notNamed(attributes, nodeName, graph);
    case '/serviceaccounts':
      return noAccount(attributes, nodeName, graph);
    case '/nodes':
      return notOwnNode(attributes, nodeName);
    case '/pods':
      return notOwnPods(attributes, nodeName, graph);
    case 'coordination.k8s.io/leases':
      return notOwnLease(attributes, nodeName);
    case 'storage.k8s.io/csinodes':
      return attributes.verb === 'create' || resource.name === nodeName
        ? undefined
        : 'can only access CSINode with the same name as the requesting node';
    default:
      return undefined;
  }
}

const reading: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

const unrelated = (nodeName: string) => `no relationship found between node '${nodeName}' and this object`;

/** One object at a time; list and watch by a field selector of the one name. */
function notNamed({ verb, resource }: Attributes, nodeName: string, graph: NodeGraph): string | undefined {
  const { plural = '', namespace = '', name } = resource ?? {};
  // Its status is where the kubelet writes how far growing a volume has come.
  if (!reading.has(verb) && resource?.subresource === undefined)
    return 'can only read resources of this type';
  if (!name) return 'No Object name found';
  return graph.leadsTo(nodeName, plural, namespace, name) ? undefined : unrelated(nodeName);
}

/** Of the volumes that are its directories a node says when they are there, and when they are removed. */
const isOwnDirectory = ({ verb, resource }: Attributes, nodeName: string, graph: NodeGraph): boolean =>
  verb === 'patch' && resource?.subresource === undefined && graph.keeps(nodeName, resource?.name ?? '');

function noAccount({ verb, resource }: Attributes, nodeName: string, graph: NodeGraph): string | undefined {
  const { namespace = '', name, subresource } = resource ?? {};
  if (subresource === undefined && reading.has(verb)) {
    if (!name) return 'No Object name found';
  } else if (verb !== 'create' || !name) return 'can only create tokens for individual service accounts';
  else if (subresource !== 'token') return 'can only create token subresource of service account';
  return graph.leadsTo(nodeName, 'serviceaccounts', namespace, name) ? undefined : unrelated(nodeName);
}

function notOwnNode({ verb, resource }: Attributes, nodeName: string): string | undefined {
  if (verb === 'create' || resource?.name === nodeName) return undefined;
  return reading.has(verb)
    ? `node '${nodeName}' cannot read '${resource?.name ?? ''}', only its own Node object`
    : `node '${nodeName}' cannot modify '${resource?.name ?? ''}', only its own Node object`;
}

function notOwnPods(
  { verb, resource, selected }: Attributes,
  nodeName: string,
  graph: NodeGraph,
): string | undefined {
  const { namespace = '', name = '', subresource } = resource ?? {};
  if (subresource !== undefined && subresource !== 'eviction') return undefined;
  if (verb === 'get' || subresource === 'eviction')
    return graph.runs(nodeName, namespace, name) ? undefined : unrelated(nodeName);
  if (verb !== 'list' && verb !== 'watch') return undefined;
  if (selected?.['spec.nodeName'] === nodeName) return undefined;
  return `can only list/watch pods with spec.nodeName field selector`;
}

function notOwnLease({ verb, resource }: Attributes, nodeName: string): string | undefined {
  if (resource?.namespace !== leaseNamespace)
    return `can only access leases in the "${leaseNamespace}" system namespace`;
  if (verb === 'create' || resource.name === nodeName) return undefined;
  return 'can only access node lease with the same name as the requesting node';
}
