/**
 * Whether a definition may have the names that it asks for, and what its status says of that.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#create-a-customresourcedefinition
 */
import { isDeepStrictEqual } from 'node:util';
import type { CustomResourceDefinition } from '../../api/types.ts';
import { rfc3339 } from '../../lib/clock.ts';

type Names = CustomResourceDefinition['spec']['names'];
type Condition = NonNullable<NonNullable<CustomResourceDefinition['status']>['conditions']>[number];
export type CrdStatus = NonNullable<CustomResourceDefinition['status']>;

/** Names of one group that are taken by others. */
export interface Taken {
  /** Plural, singular and short names. */
  readonly resources: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

export function takenBy(all: Iterable<Partial<Names>>): Taken {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const { plural, singular, shortNames = [], kind, listKind } of all) {
    for (const name of [plural, singular, ...shortNames]) if (name) resources.add(name);
    for (const name of [kind, listKind]) if (name) kinds.add(name);
  }
  return { resources, kinds };
}

interface Decision {
  accepted: Partial<Names>;
  conflict?: { reason: string; message: string };
}

/** What was accepted once stays accepted until something better can be. */
export function decideNames(wanted: Names, before: Partial<Names>, taken: Taken): Decision {
  const accepted: Partial<Names> = { ...before };
  let conflict: Decision['conflict'];
  const refuse = (reason: string, name: string) => {
    conflict ??= { reason, message: `${JSON.stringify(name)} is already in use` };
  };
  for (const [key, reason, others] of [
    ['plural', 'PluralConflict', taken.resources],
    ['singular', 'SingularConflict', taken.resources],
    ['kind', 'KindConflict', taken.kinds],
    ['listKind', 'ListKindConflict', taken.kinds],
  ] as const) {
    const name = wanted[key];
    if (name === undefined) continue;
    if (others.has(name)) refuse(reason, name);
    else accepted[key] = name;
  }
  const clashing = (wanted.shortNames ?? []).filter((name) => taken.resources.has(name));
  if (clashing[0] !== undefined) refuse('ShortNamesConflict', clashing[0]);
  else if (wanted.shortNames) accepted.shortNames = wanted.shortNames;
  else delete accepted.shortNames;
  if (wanted.categories) accepted.categories = wanted.categories;
  else delete accepted.categories;
  return { accepted, ...(conflict && { conflict }) };
}

/** The status of a definition whose names were looked at. */
export function statusAfter(crd: CustomResourceDefinition, taken: Taken, nowMs: number): CrdStatus {
  const { spec, metadata, status } = crd;
  const { accepted, conflict } = decideNames(spec.names, nonEmpty(status?.acceptedNames), taken);
  const storage = spec.versions.find((version) => version.storage)?.name;
  const storedVersions = status?.storedVersions ?? [];
  const say = (conditions: readonly Condition[], condition: Condition) =>
    withCondition(conditions, condition, nowMs);
  let conditions = say(
    status?.conditions ?? [],
    conflict
      ? { type: 'NamesAccepted', status: 'False', ...conflict }
      : { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
  );
  const wasEstablished = isTrue(status?.conditions, 'Established');
  if (!wasEstablished)
    conditions = say(
      conditions,
      conflict
        ? {
            type: 'Established',
            status: 'False',
            reason: 'NotAccepted',
            message: 'not all names are accepted',
          }
        : {
            type: 'Established',
            status: 'True',
            reason: 'InitialNamesAccepted',
            message: 'the initial names have been accepted',
          },
    );
  if (metadata.deletionTimestamp)
    conditions = say(conditions, {
      type: 'Terminating',
      status: 'True',
      reason: 'InstanceDeletionInProgress',
      message: 'CustomResource deletion is in progress',
    });
  return {
    ...status,
    acceptedNames: { plural: '', kind: '', ...accepted },
    conditions,
    storedVersions:
      storage === undefined || storedVersions.includes(storage)
        ? storedVersions
        : [...storedVersions, storage],
  };
}

const nonEmpty = (names: Partial<Names> | undefined): Partial<Names> =>
  Object.fromEntries(Object.entries(names ?? {}).filter(([, value]) => value !== ''));

export const isTrue = (conditions: readonly Condition[] | undefined, type: string): boolean =>
  conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;

function withCondition(conditions: readonly Condition[], next: Condition, nowMs: number): Condition[] {
  const before = conditions.find(({ type }) => type === next.type);
  const lastTransitionTime = before && before.status === next.status ? before.lastTransitionTime : undefined;
  const made = { lastTransitionTime: lastTransitionTime ?? rfc3339(nowMs), ...next } as Condition;
  if (!before) return [...conditions, made];
  return conditions.map((condition) => (condition.type === next.type ? made : condition));
}

export const sameStatus = (a: unknown, b: unknown): boolean => isDeepStrictEqual(a, b);
