/** Whether a pod may be evicted now, in Kubernetes' words when not. */
import { forbidden, StatusError } from '../../api/errors.ts';
import { podDisruptionBudgets } from '../../api/resource.ts';
import type { Pod, PodDisruptionBudget } from '../../api/types.ts';
import type { Entry } from '../../store/contract.ts';

type Status = NonNullable<PodDisruptionBudget['status']>;

/** The budget that is to be asked; none when the pod may go without. */
export function evictable(pod: Pod, budgets: readonly Entry[]): { ask: Entry | undefined } {
  if (isUseless(pod)) return { ask: undefined };
  if (budgets.length > 1) throw tooManyBudgets();
  const [budget] = budgets;
  if (!budget) return { ask: undefined };
  return { ask: isReady(pod) || !mayGoUnready(budget.object as PodDisruptionBudget) ? budget : undefined };
}

/** Nothing is lost with a pod that does not run. */
const isUseless = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined ||
  ['Succeeded', 'Failed', 'Pending'].includes(status?.phase ?? 'Pending');

const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

/** https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy */
function mayGoUnready({ spec, status }: PodDisruptionBudget): boolean {
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy;
}

/** More than these wait for the controller: something is wrong with it. */
const maxDisrupted = 2000;

/** The budget with one disruption less; throws when there is none. */
export function grantOf(budget: PodDisruptionBudget, podName: string, now: string): PodDisruptionBudget {
  const { metadata } = budget;
  const status: Partial<Status> = budget.status ?? {};
  const { disruptionsAllowed = 0, disruptedPods = {}, observedGeneration = 0 } = status;
  if (observedGeneration < (metadata.generation ?? 0)) throw refusal(metadata.name);
  if (Object.keys(disruptedPods).length > maxDisrupted)
    throw forbidden(
      podDisruptionBudgets,
      metadata.name,
      'DisruptedPods map too big - too many evictions not confirmed by PDB controller',
    );
  if (disruptionsAllowed <= 0) throw tooManyRequests(whyNot(metadata.name, status));
  const left = disruptionsAllowed - 1;
  return {
    ...budget,
    status: {
      currentHealthy: 0,
      desiredHealthy: 0,
      expectedPods: 0,
      ...status,
      disruptionsAllowed: left,
      disruptedPods: { ...disruptedPods, [podName]: now },
    },
  };
}

function whyNot(
  name: string,
  { conditions, desiredHealthy = 0, currentHealthy = 0 }: Partial<Status>,
): string {
  const failed = conditions?.find(
    ({ type, reason }) => type === 'DisruptionAllowed' && reason === 'SyncFailed',
  );
  if (failed?.message)
    return `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${failed.message}`;
  return `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
}

/** 429 for a budget that the controller has not reckoned yet. */
export const refusal = (name: string): StatusError =>
  tooManyRequests(`The disruption budget ${name} is still being processed by the server.`, 10);

const tooManyRequests = (message: string, retryAfterSeconds?: number): StatusError =>
  new StatusError(
    429,
    'TooManyRequests',
    "Cannot evict pod as it would violate the pod's disruption budget.",
    {
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      causes: [{ reason: 'DisruptionBudget', message }],
    },
  );

const tooManyBudgets = () =>
  new StatusError(
    500,
    'InternalError',
    'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
  );
