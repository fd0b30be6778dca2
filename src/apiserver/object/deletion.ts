/**
 * What a delete does: removes the object, or marks it and leaves it to whoever holds it: the node that
 * runs the pod, or a finalizer.
 * https://kubernetes.io/docs/concepts/architecture/garbage-collection/,
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/
 */
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/types.ts';
import { rfc3339 } from '../../lib/clock.ts';
import type { Written } from './meta.ts';
import { without } from './without.ts';

export type Propagation = 'Orphan' | 'Background' | 'Foreground';

export interface DeletionRequest {
  gracePeriodSeconds?: number;
  propagation?: Propagation;
}

export type Deletion =
  | { action: 'remove' }
  /** The object is on its way out already, and this request changes nothing. */
  | { action: 'wait' }
  | { action: 'mark'; object: Written };

const orphan = 'orphan';
const foreground = 'foregroundDeletion';

export function planDeletion(kind: Kind, object: Written, asked: DeletionRequest, nowMs: number): Deletion {
  const finalizers = withOwn(
    kind,
    object,
    finalizersAfter(object.metadata.finalizers ?? [], asked.propagation),
  );
  const graceSeconds = graceOf(kind, object, asked.gracePeriodSeconds);
  if (!isHeld(kind, object, finalizers) && graceSeconds === 0) return { action: 'remove' };
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = object.metadata;
  const already = deletionTimestamp !== undefined && deletionGracePeriodSeconds <= graceSeconds;
  if (already && sameList(finalizers, object.metadata.finalizers ?? [])) return { action: 'wait' };
  return {
    action: 'mark',
    object: marked(kind, object, finalizers, already ? undefined : graceSeconds, nowMs),
  };
}

/** Whether an update lets go of an object that only waited for that. */
export function isLetGo(kind: Kind, next: Written): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = next.metadata;
  return (
    deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && !isHeld(kind, next, finalizers)
  );
}

function isHeld(kind: Kind, object: Written, finalizers: readonly string[]): boolean {
  return finalizers.length > 0 || (isNamespace(kind) && specFinalizers(object).length > 0);
}

/** A namespace has finalizers of its own kind, which its controller removes through `/finalize`. */
const specFinalizers = (object: Written): readonly string[] =>
  (object.spec as { finalizers?: string[] } | undefined)?.finalizers ?? [];

const isNamespace = ({ resource }: Kind) => resource.group === '' && resource.plural === 'namespaces';

/** How long there is to say good-bye: no more than what is left of an earlier request. */
function graceOf(kind: Kind, object: KubeObject, asked: number | undefined): number {
  const usual = kind.graceSeconds?.(object) ?? 0;
  const seconds = usual === 0 ? 0 : Math.max(0, asked ?? usual);
  const { deletionTimestamp, deletionGracePeriodSeconds } = object.metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return seconds;
  return Math.min(seconds, deletionGracePeriodSeconds);
}

function finalizersAfter(now: readonly string[], propagation: Propagation | undefined): string[] {
  if (propagation === undefined) return [...now];
  const others = now.filter((finalizer) => finalizer !== orphan && finalizer !== foreground);
  if (propagation === 'Orphan') return [...others, orphan];
  return propagation === 'Foreground' ? [...others, foreground] : others;
}

/** What the kind itself waits for begins with the first request. */
function withOwn({ deletionFinalizer: own }: Kind, { metadata }: KubeObject, finalizers: string[]): string[] {
  if (!own || metadata.deletionTimestamp !== undefined || finalizers.includes(own)) return finalizers;
  return [...finalizers, own];
}

function marked(
  kind: Kind,
  object: Written,
  finalizers: string[],
  graceSeconds: number | undefined,
  nowMs: number,
): Written {
  const metadata = without(object.metadata, 'finalizers');
  const ending =
    graceSeconds === undefined
      ? {}
      : {
          deletionTimestamp: rfc3339(nowMs + graceSeconds * 1000),
          deletionGracePeriodSeconds: graceSeconds,
          ...(metadata.generation !== undefined &&
            metadata.deletionTimestamp === undefined && { generation: metadata.generation + 1 }),
        };
  return {
    ...object,
    metadata: { ...metadata, ...ending, ...(finalizers.length > 0 && { finalizers }) },
    ...(isNamespace(kind) && { status: { ...(object.status as object | undefined), phase: 'Terminating' } }),
  };
}

const sameList = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((item, i) => item === b[i]);
