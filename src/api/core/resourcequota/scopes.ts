/** https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes */
import type { Pod, PodSpec, ResourceQuota } from '../../types.ts';

export interface Scope {
  scopeName: string;
  operator: string;
  values?: string[];
}

export const scopesOf = ({ spec }: ResourceQuota): Scope[] => [
  ...(spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
  ...(spec?.scopeSelector?.matchExpressions ?? []),
];

export const matchesScopes = (scopes: readonly Scope[], { spec }: Pod): boolean =>
  scopes.every((scope) => matches(scope, spec));

function matches(scope: Scope, spec: PodSpec | undefined): boolean {
  switch (scope.scopeName) {
    case 'Terminating':
      return spec?.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return spec?.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return isBestEffort(spec);
    case 'NotBestEffort':
      return !isBestEffort(spec);
    case 'PriorityClass':
      return matchesClass(scope, spec?.priorityClassName ?? '');
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(spec);
    default:
      return false;
  }
}

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/#besteffort */
function isBestEffort(spec: PodSpec | undefined): boolean {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  return !containers.some(({ resources }) =>
    [resources?.requests, resources?.limits].some((list) => list?.['cpu'] ?? list?.['memory']),
  );
}

function matchesClass({ operator, values = [] }: Scope, name: string): boolean {
  switch (operator) {
    case 'Exists':
      return name !== '';
    case 'DoesNotExist':
      return name === '';
    case 'In':
      return values.includes(name);
    default:
      return !values.includes(name);
  }
}

function crossesNamespaces(spec: PodSpec | undefined): boolean {
  return [spec?.affinity?.podAffinity, spec?.affinity?.podAntiAffinity].some((affinity) => {
    const wished = (affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
      (p) => p.podAffinityTerm,
    );
    const terms = [...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []), ...wished];
    return terms.some(({ namespaces = [], namespaceSelector }) => namespaces.length > 0 || namespaceSelector);
  });
}
