/** What every pod gets that did not ask for something else. */
import { pods } from '../../api/resource.ts';
import type { PodSpec, Toleration } from '../../api/types.ts';
import type { AdmissionPlugin, Operation } from './contract.ts';
import { isAbout, objectOf, refuse } from './operation.ts';

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions */
const evictAfterSeconds = 300;
const evictingTaints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** https://kubernetes.io/docs/tasks/administer-cluster/guaranteed-scheduling-critical-addon-pods/ */
const priorities = new Map([
  ['', 0],
  ['system-cluster-critical', 2_000_000_000],
  ['system-node-critical', 2_000_001_000],
]);

export const podDefaults: AdmissionPlugin = {
  name: 'PodDefaults',
  handles: (operation) => operation.verb !== 'delete' && isAbout(operation, pods),
  admit(operation) {
    const { spec } = objectOf(operation, pods);
    if (!spec) return undefined;
    spec.enableServiceLinks ??= true;
    setPriority(operation, spec);
    tolerateForAWhile(spec);
    return undefined;
  },
};

function setPriority(operation: Operation, spec: PodSpec): void {
  const name = spec.priorityClassName ?? '';
  const priority = priorities.get(name);
  if (priority === undefined) throw refuse(operation, `no PriorityClass with name ${name} was found`);
  if (spec.priority !== undefined && spec.priority !== priority)
    throw refuse(
      operation,
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${priority} from the given PriorityClass name`,
    );
  spec.priority = priority;
  spec.preemptionPolicy ??= 'PreemptLowerPriority';
}

function tolerateForAWhile(spec: PodSpec): void {
  const missing = evictingTaints.filter((key) => !spec.tolerations?.some((t) => tolerates(t, key)));
  if (missing.length === 0) return;
  const added = missing.map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: evictAfterSeconds,
  }));
  spec.tolerations = [...(spec.tolerations ?? []), ...added];
}

const tolerates = ({ key, effect }: Toleration, taint: string) =>
  (!key || key === taint) && (!effect || effect === 'NoExecute');
