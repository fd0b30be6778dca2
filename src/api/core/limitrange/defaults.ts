import type { LimitRange } from '../../types.ts';

/**
 * What stands for containers that say nothing follows from what they may be at most and at least.
 * https://kubernetes.io/docs/concepts/policy/limit-range/
 */
export function defaultLimitRange({ spec }: LimitRange): void {
  for (const item of spec?.limits ?? []) {
    if (item.type !== 'Container') continue;
    const limit = { ...item.max, ...item.default };
    const request = { ...item.min, ...limit, ...item.defaultRequest };
    if (Object.keys(limit).length > 0) item.default = limit;
    if (Object.keys(request).length > 0) item.defaultRequest = request;
  }
}
