/**
 * Which requests a webhook or policy is about.
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-rules
 */

import type { Kind } from '../../../api/kind.ts';
import { namespaces } from '../../../api/resource.ts';
import { labelSelector, matchesLabels } from '../../../api/selectors.ts';
import type { KubeObject, LabelSelector } from '../../../api/types.ts';
import { placeOf } from '../../object/keys.ts';
import type { Asked } from './asked.ts';

export interface Rule {
  operations?: readonly string[];
  apiGroups?: readonly string[];
  apiVersions?: readonly string[];
  /** `pods`, `pods/status`; `*` stands for all of either part. */
  resources?: readonly string[];
  scope?: string;
  /** Of policies only. */
  resourceNames?: readonly string[];
}

export interface Constraints {
  rules: readonly Rule[];
  excluded?: readonly Rule[];
  /** `Equivalent`: also when the request speaks of the same objects in another group or version. */
  matchPolicy?: string | undefined;
}

/** The kind in whose form the object is looked at; undefined when the rules are not about the request. */
export function matchingKind(
  { rules, excluded = [], matchPolicy }: Constraints,
  asked: Asked,
  kinds: () => readonly Kind[],
): Kind | undefined {
  const forms = function* () {
    yield asked.kind;
    if (matchPolicy !== 'Exact') yield* kinds().filter((kind) => isOtherForm(kind, asked.kind));
  };
  for (const kind of forms()) if (excluded.some((rule) => ruleMatches(rule, asked, kind))) return undefined;
  for (const kind of forms()) if (rules.some((rule) => ruleMatches(rule, asked, kind))) return kind;
  return undefined;
}

function isOtherForm(kind: Kind, of: Kind): boolean {
  if (kind === of || kind.resource.plural !== of.resource.plural) return false;
  const [a, b] = [placeOf(kind), placeOf(of)];
  return a.group === b.group && a.plural === b.plural;
}

function ruleMatches(
  rule: Rule,
  { operation, subresource, namespace, name }: Asked,
  { resource }: Kind,
): boolean {
  const { operations, apiGroups, apiVersions, resources = [], resourceNames = [] } = rule;
  return (
    isNamed(operations, operation) &&
    isNamed(apiGroups, resource.group) &&
    isNamed(apiVersions, resource.version) &&
    resources.some((pattern) => resourceMatches(pattern, resource.plural, subresource)) &&
    (resourceNames.length === 0 || resourceNames.includes(name)) &&
    inScope(rule.scope, resource.namespaced && namespace !== undefined)
  );
}

const isNamed = (names: readonly string[] = [], name: string) => names.includes('*') || names.includes(name);

function resourceMatches(pattern: string, plural: string, subresource: string | undefined): boolean {
  const [resource, part = ''] = pattern.split('/');
  return (resource === '*' || resource === plural) && (part === '*' || part === (subresource ?? ''));
}

/** A namespace is not in a namespace. */
function inScope(scope: string | undefined, isNamespaced: boolean): boolean {
  if (scope === 'Namespaced') return isNamespaced;
  return scope !== 'Cluster' || !isNamespaced;
}

/** Whether the namespace that the request is in is selected. What is in none is, always. */
export async function inSelectedNamespace(
  selector: LabelSelector | undefined,
  asked: Asked,
  namespaceOf: () => Promise<KubeObject | undefined>,
): Promise<boolean> {
  const wanted = labelSelector(selector ?? {});
  if (wanted.length === 0) return true;
  const isItself = asked.kind.resource === namespaces;
  if (!isItself && !asked.kind.resource.namespaced) return true;
  const found = isItself ? (asked.object ?? asked.oldObject) : await namespaceOf();
  return matchesLabels(wanted, found?.metadata.labels);
}

/** Whether the object is selected, as it is to be or as it was. */
export function isSelected(
  selector: LabelSelector | undefined,
  { operation, object, oldObject }: Asked,
): boolean {
  const wanted = labelSelector(selector ?? {});
  if (wanted.length === 0) return true;
  // The options of a connection have no labels.
  if (operation === 'CONNECT') return false;
  return [object, oldObject].some((one) => one !== null && matchesLabels(wanted, one.metadata.labels));
}
