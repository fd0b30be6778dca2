/**
 * The priority of a pod is that of the class that it names, or of the one that is everybody's default.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
 */
import { pods, priorityClasses } from '../../api/resource.ts';
import { DEFAULT_PRIORITY, systemPriorityClass } from '../../api/scheduling/priorityclass/system.ts';
import type { Pod, PriorityClass } from '../../api/types.ts';
import type { AdmissionPlugin, Operation } from './contract.ts';
import { isAbout, objectOf, refuse } from './operation.ts';
import type { StoredObjects } from './stored.ts';

export function priority({ list }: Pick<StoredObjects, 'list'>): AdmissionPlugin {
  const classes = async () => (await list(priorityClasses)).items;
  return {
    name: 'Priority',
    handles: (operation) =>
      operation.verb !== 'delete' && (isAbout(operation, pods) || isAbout(operation, priorityClasses)),
    async admit(operation) {
      if (isAbout(operation, priorityClasses)) checkDefault(operation, await classes());
      else if (operation.verb === 'update') keep(operation);
      else complete(operation, await classes());
      return undefined;
    },
  };
}

/** A pod keeps the number that it was made with, whatever becomes of the class. */
function keep(operation: Operation): void {
  const { spec } = objectOf(operation, pods);
  const old = (operation.old as Pod | undefined)?.spec;
  if (!spec || !old) return;
  if (spec.priority === undefined && old.priority !== undefined) spec.priority = old.priority;
  if (!spec.preemptionPolicy && old.preemptionPolicy) spec.preemptionPolicy = old.preemptionPolicy;
}

function complete(operation: Operation, classes: readonly PriorityClass[]): void {
  const { spec } = objectOf(operation, pods);
  if (!spec) return;
  const found = classOf(operation, spec.priorityClassName ?? '', classes);
  const value = found?.value ?? DEFAULT_PRIORITY;
  const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority';
  if (spec.priority !== undefined && spec.priority !== value)
    throw refuse(
      operation,
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
    );
  if (spec.preemptionPolicy && spec.preemptionPolicy !== policy)
    throw refuse(
      operation,
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
    );
  spec.priority = value;
  spec.preemptionPolicy = policy;
  if (found) spec.priorityClassName = found.metadata.name;
}

/** The system's own are known before they are stored: the first pods of a cluster need them. */
function classOf(
  operation: Operation,
  name: string,
  classes: readonly PriorityClass[],
): PriorityClass | undefined {
  if (name === '') return defaultOf(classes);
  const found = classes.find(({ metadata }) => metadata.name === name) ?? systemPriorityClass(name);
  if (!found) throw refuse(operation, `no PriorityClass with name ${name} was found`);
  return found;
}

/** Of several, which only a race can make, the lowest: nobody is pushed away by mistake. */
const defaultOf = (classes: readonly PriorityClass[]): PriorityClass | undefined =>
  classes.filter(({ globalDefault }) => globalDefault).toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0))[0];

function checkDefault(operation: Operation, classes: readonly PriorityClass[]): void {
  const { metadata, globalDefault } = objectOf(operation, priorityClasses);
  const other = globalDefault && defaultOf(classes.filter((c) => c.metadata.name !== metadata.name));
  if (other)
    throw refuse(
      operation,
      `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`,
    );
}
