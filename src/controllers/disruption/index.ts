/**
 * Keeps the books of PodDisruptionBudgets: how many pods are healthy, and how many of them may go. The
 * eviction API spends what stands there.
 */
import { isConflict, isNotFound } from '../../api/errors.ts';
import { podDisruptionBudgets, pods } from '../../api/resource.ts';
import type { KubeObject, Pod, PodDisruptionBudget } from '../../api/types.ts';
import { keyOf } from '../../client/contract.ts';
import { type Controller, itself } from '../loop.ts';
import { isSameStatus } from '../sameStatus.ts';
import { selects } from '../selection.ts';
import { counts, desired } from './desired.ts';
import { scaledKinds, scaleOf } from './scale.ts';

export const disruption: Controller = {
  name: 'controllermanager',
  concurrency: 2,
  start(context) {
    const { client, clock, events, again } = context;
    const known = context.watch(podDisruptionBudgets, itself);
    const ofNamespace = (object: KubeObject | undefined): PodDisruptionBudget[] =>
      object ? known.by('namespace', object.metadata.namespace ?? '') : [];
    const selecting = (pod: Pod | undefined): string[] =>
      ofNamespace(pod)
        .filter(({ spec }) => selects(spec?.selector, pod?.metadata.labels))
        .map(keyOf);
    const all = context.watch(pods, (now, before) => new Set([...selecting(now), ...selecting(before)]));
    const owners = new Map(
      scaledKinds.map((resource) => [
        resource.kind,
        context.watch(resource, (now, before) =>
          now?.spec?.replicas === before?.spec?.replicas ? [] : ofNamespace(now ?? before).map(keyOf),
        ),
      ]),
    );

    return async (key) => {
      const budget = known.get(key);
      if (!budget || budget.metadata.deletionTimestamp) return;
      const { name, namespace = '' } = budget.metadata;
      const own = all
        .by('namespace', namespace)
        .filter((pod) => counts(pod) && selects(budget.spec?.selector, pod.metadata.labels));
      const { status, againInMs } = desired({
        budget,
        pods: own,
        scale: () => scaleOf(own, owners),
        now: clock.now(),
      });
      if (againInMs !== undefined) again(key, againInMs);
      if (isSameStatus(status, budget.status)) return;
      const failure = status.conditions?.find(({ reason }) => reason === 'SyncFailed');
      if (failure)
        events.event(
          podDisruptionBudgets,
          budget,
          'Warning',
          'CalculateExpectedPodCountFailed',
          `Failed to calculate the number of expected pods: ${failure.message}`,
        );
      try {
        // With the version that was looked at: what the eviction API spent meanwhile is not given back.
        await client.update(podDisruptionBudgets, { ...budget, status }, 'status');
      } catch (err) {
        if (isConflict(err)) return again(key, 20);
        if (!isNotFound(err))
          throw new Error(`Cannot write the status of ${namespace}/${name}`, { cause: err });
      }
    };
  },
};
