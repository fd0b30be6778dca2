/**
 * How far those who change an object got with an operation, so that they are asked again only where
 * somebody changed it after them.
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#reinvocation-policy
 */
import type { Operation } from '../contract.ts';

export interface Progress {
  /** What the object was when each had seen it. */
  readonly seen: Map<string, string>;
  changed: boolean;
}

export interface Progresses {
  /** Of this operation, and whether it is there from an earlier round. */
  of: (operation: Operation) => { progress: Progress; isAgain: boolean };
  changed: (operation: Operation) => boolean;
}

export function progresses(): Progresses {
  const all = new WeakMap<Operation, Progress>();
  return {
    of(operation) {
      const before = all.get(operation);
      const progress = before ?? { seen: new Map(), changed: false };
      all.set(operation, progress);
      return { progress, isAgain: before !== undefined };
    },
    changed: (operation) => all.get(operation)?.changed ?? false,
  };
}

/** In a later round: whether who has this key and policy is to be asked once more. */
export function isDueAgain(
  key: string,
  reinvocationPolicy: string | undefined,
  { seen }: Progress,
  { object }: Operation,
): boolean {
  const before = seen.get(key);
  return reinvocationPolicy === 'IfNeeded' && before !== undefined && before !== JSON.stringify(object);
}
