/** https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy */
import type { Job, Pod } from '../../api/types.ts';
import { keyOf } from '../../client/contract.ts';

type Rule = NonNullable<NonNullable<Job['spec']>['podFailurePolicy']>['rules'][number];

export interface Ruling {
  action: 'Count' | 'Ignore' | 'FailIndex' | 'FailJob';
  /** Only of FailJob: what the Job's condition says. */
  message?: string;
}

/** What a failed pod means: the first rule that matches says it. */
export function rulingOn(pod: Pod, { spec }: Job): Ruling {
  for (const [i, rule] of (spec?.podFailurePolicy?.rules ?? []).entries()) {
    const why = matchOf(rule, pod);
    if (why === undefined) continue;
    const action = rule.action as Ruling['action'];
    return action === 'FailJob'
      ? { action, message: `${why} matching FailJob rule at index ${i}` }
      : { action };
  }
  return { action: 'Count' };
}

function matchOf({ onExitCodes, onPodConditions }: Rule, pod: Pod): string | undefined {
  if (onExitCodes) {
    const { containerName, operator, values } = onExitCodes;
    const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
    for (const { name, state } of [...containerStatuses, ...initContainerStatuses]) {
      const code = state?.terminated?.exitCode;
      if (code === undefined || code === 0 || (containerName && containerName !== name)) continue;
      if (values.includes(code) === (operator === 'In'))
        return `Container ${name} for pod ${keyOf(pod)} failed with exit code ${code}`;
    }
    return undefined;
  }
  for (const { type, status = 'True' } of onPodConditions ?? [])
    if (pod.status?.conditions?.some((c) => c.type === type && c.status === status))
      return `Pod ${keyOf(pod)} has condition ${type}`;
  return undefined;
}
