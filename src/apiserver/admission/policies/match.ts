/** Whether a policy and its binding are about an operation. */
import type { Kind } from '../../../api/kind.ts';
import type { KindRegistry } from '../../../api/registry.ts';
import type { KubeObject, ValidatingAdmissionPolicy } from '../../../api/types.ts';
import type { Asked } from '../dynamic/asked.ts';
import { inSelectedNamespace, isSelected, matchingKind } from '../dynamic/match.ts';

type MatchResources = NonNullable<NonNullable<ValidatingAdmissionPolicy['spec']>['matchConstraints']>;

interface Deps {
  kinds: Pick<KindRegistry, 'list'>;
  namespace: (name: string) => Promise<KubeObject | undefined>;
}

/** The kind in whose form the policy looks at the object. */
export async function kindFor(
  resources: MatchResources,
  asked: Asked,
  { kinds, namespace }: Deps,
): Promise<Kind | undefined> {
  const { resourceRules = [], excludeResourceRules = [], matchPolicy } = resources;
  const constraints = { rules: resourceRules, excluded: excludeResourceRules, matchPolicy };
  const kind = matchingKind(constraints, asked, () => kinds.list());
  if (!kind || !isSelected(resources.objectSelector, asked)) return undefined;
  const selected = await inSelectedNamespace(resources.namespaceSelector, asked, () =>
    namespace(asked.namespace ?? ''),
  );
  return selected ? kind : undefined;
}

/** A binding without rules is about everything that its policy is about. */
export async function isBound(
  resources: MatchResources | undefined,
  asked: Asked,
  deps: Deps,
): Promise<boolean> {
  if (!resources) return true;
  const whole = resources.resourceRules?.length ? resources : { ...resources, resourceRules: [everything] };
  return (await kindFor(whole, asked, deps)) !== undefined;
}

const everything = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*'] };
