/** Tells when Services have let go of a pod that ends, and the node's own rules with them. */
import type { EndpointSlice, Pod } from '../api/types.ts';
import { type Informer, keyOf } from '../client/contract.ts';

/** The slices that still send clients to a pod, and what to do when none does any more. */
interface Departure {
  slices: Set<string>;
  resolve: () => void;
}

/** `settled` resolves when the kernel has the rules for all slices that are known. */
export function departures(
  slices: Informer<EndpointSlice>,
  settled: () => Promise<void>,
): (pod: Pod) => Promise<void> {
  const leaving = new Map<string, Departure>();
  slices.onChange((now, before) => {
    const slice = now ?? before;
    if (!slice) return;
    for (const [uid, departure] of leaving) look(uid, departure, slice, now);
  });

  function look(uid: string, departure: Departure, slice: EndpointSlice, now?: EndpointSlice): void {
    if (now && sendsTo(now, uid)) departure.slices.add(keyOf(slice));
    else departure.slices.delete(keyOf(slice));
    if (departure.slices.size > 0) return;
    leaving.delete(uid);
    departure.resolve();
  }

  return async ({ metadata: { uid = '', namespace } }) => {
    await slices.synced;
    const own = [...slices.list()].filter(
      (slice) => slice.metadata.namespace === namespace && sendsTo(slice, uid),
    );
    if (own.length > 0)
      await new Promise<void>((resolve) => leaving.set(uid, { slices: new Set(own.map(keyOf)), resolve }));
    await settled();
  };
}

/** One that is terminating gets clients only where there is no other. */
const sendsTo = ({ endpoints = [] }: EndpointSlice, uid: string): boolean =>
  endpoints.some(
    ({ targetRef, conditions }) =>
      targetRef?.uid === uid && conditions?.ready !== false && !conditions?.terminating,
  );
