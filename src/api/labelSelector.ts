/**
 * Which labels a `LabelSelector` of a spec means. An absent selector matches nothing, an empty one everything.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements
 */
import type { LabelSelector } from './types.ts';

type Labels = Readonly<Record<string, string>>;

export function selects(selector: LabelSelector | undefined, labels: Labels = {}): boolean {
  if (!selector) return false;
  return (
    hasAll(labels, selector.matchLabels) &&
    (selector.matchExpressions ?? []).every((e) => holds(e.key, e.operator, e.values ?? [], labels))
  );
}

export const isEmptySelector = (selector: LabelSelector | undefined): boolean =>
  Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions ?? []).length === 0;

/** The plain form that Services have: every pair must be there. */
export function hasAll(labels: Labels | undefined, wanted: Labels = {}): boolean {
  for (const key in wanted) if (labels?.[key] !== wanted[key]) return false;
  return true;
}

/** One requirement of a label or node selector; `Gt` and `Lt` compare whole numbers. */
export function holds(key: string, operator: string, values: readonly string[], labels: Labels): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}
