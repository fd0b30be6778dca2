/**
 * A pod that names a RuntimeClass gets its overhead and goes where it says.
 * https://kubernetes.io/docs/concepts/containers/runtime-class/
 */
import { milliOf } from '../../api/quantity.ts';
import { pods, runtimeClasses } from '../../api/resource.ts';
import type { PodSpec, RuntimeClass } from '../../api/types.ts';
import type { AdmissionPlugin, Operation } from './contract.ts';
import { isAbout, objectOf, refuse } from './operation.ts';
import type { StoredObjects } from './stored.ts';

export function runtimeClass({ list }: Pick<StoredObjects, 'list'>): AdmissionPlugin {
  const classOf = async (operation: Operation): Promise<RuntimeClass | undefined> => {
    const name = objectOf(operation, pods).spec?.runtimeClassName;
    if (!name) return undefined;
    const found = (await list(runtimeClasses)).items.find(({ metadata }) => metadata.name === name);
    if (!found) throw refuse(operation, `pod rejected: RuntimeClass "${name}" not found`);
    return found;
  };
  return {
    name: 'RuntimeClass',
    handles: (operation) => operation.verb === 'create' && isAbout(operation, pods),
    async admit(operation) {
      const found = await classOf(operation);
      const { spec } = objectOf(operation, pods);
      if (!found || !spec) return undefined;
      if (found.overhead) setOverhead(operation, spec, found.overhead.podFixed ?? {});
      if (found.scheduling) setScheduling(operation, spec, found.scheduling);
      return undefined;
    },
    async validate(operation) {
      const found = await classOf(operation);
      const overhead = objectOf(operation, pods).spec?.overhead;
      if (!found?.overhead && overhead)
        throw refuse(
          operation,
          'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
        );
      if (found?.overhead && !isSameAmount(overhead ?? {}, found.overhead.podFixed ?? {}))
        throw unlike(operation);
    },
  };
}

type Amounts = Record<string, string>;

const unlike = (operation: Operation) =>
  refuse(operation, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");

function setOverhead(operation: Operation, spec: PodSpec, defined: Amounts): void {
  const { overhead = {} } = spec;
  if (Object.keys(overhead).length > 0 && !isSameAmount(overhead, defined)) throw unlike(operation);
  spec.overhead = { ...defined };
}

const isSameAmount = (a: Amounts, b: Amounts): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([name, amount]) => name in b && milliOf(amount) === milliOf(b[name] ?? '0'));

function setScheduling(
  operation: Operation,
  spec: PodSpec,
  { nodeSelector = {}, tolerations = [] }: NonNullable<RuntimeClass['scheduling']>,
): void {
  for (const [key, value] of Object.entries(nodeSelector)) {
    const own = spec.nodeSelector?.[key];
    if (own !== undefined && own !== value)
      throw refuse(
        operation,
        `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`,
      );
    spec.nodeSelector = { ...spec.nodeSelector, [key]: value };
  }
  const known = new Set(spec.tolerations?.map((t) => JSON.stringify(t)));
  const added = tolerations.filter((t) => !known.has(JSON.stringify(t)));
  if (added.length > 0) spec.tolerations = [...(spec.tolerations ?? []), ...added];
}
