/** Conditions of a status: one of each type, whose transition time changes only with its status. */
import { rfc3339 } from '../lib/clock.ts';

interface AnyCondition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

export const conditionOf = <C extends AnyCondition>(
  conditions: readonly C[] | undefined,
  type: string,
): C | undefined => conditions?.find((c) => c.type === type);

/** The conditions with this one in place of its predecessor. Nothing changes when it says the same. */
export function withCondition<C extends AnyCondition>(
  conditions: readonly C[] | undefined,
  next: C,
  now: number,
): C[] {
  const before = conditionOf(conditions, next.type);
  if (
    before &&
    before.status === next.status &&
    before.reason === next.reason &&
    before.message === next.message
  )
    return [...(conditions ?? [])];
  const lastTransitionTime = (before?.status === next.status && before.lastTransitionTime) || rfc3339(now);
  const made = { ...next, lastTransitionTime };
  if (!before) return [...(conditions ?? []), made];
  return (conditions ?? []).map((c) => (c === before ? made : c));
}

export const withoutCondition = <C extends AnyCondition>(
  conditions: readonly C[] | undefined,
  type: string,
): C[] => (conditions ?? []).filter((c) => c.type !== type);
