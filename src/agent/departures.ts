/** Tells when Services have let go of a pod that ends, and the rules of nodes with them. */
import type { EndpointSlice, Pod } from '../api/types.ts';
import { type Informer, keyOf } from '../client/contract.ts';

/** The slices that still send clients to a pod, and what to do when none does any more. */
interface Departure {
  slices: Set<string>;
  resolve: () => void;
}

/** `followed` resolves when nodes' kernels have the rules for the slices up to this version. */
export function departures(
  slices: Informer<EndpointSlice>,
  followed: (version: number) => Promise<void>,
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
      (slice) => slice.metadata.namespace === namespace && mentions(slice, uid),
    );
    if (own.length === 0) return;
    const sending = new Set(own.filter((slice) => sendsTo(slice, uid)).map(keyOf));
    if (sending.size > 0)
      await new Promise<void>((resolve) => leaving.set(uid, { slices: sending, resolve }));
    const versions = own.map((slice) => Number(slices.get(keyOf(slice))?.metadata.resourceVersion) || 0);
    await followed(Math.max(...versions));
  };
}

const mentions = ({ endpoints = [] }: EndpointSlice, uid: string): boolean =>
  endpoints.some(({ targetRef }) => targetRef?.uid === uid);

/** One that is terminating gets clients only where there is no other. */
const sendsTo = ({ endpoints = [] }: EndpointSlice, uid: string): boolean =>
  endpoints.some(
    ({ targetRef, conditions }) =>
      targetRef?.uid === uid && conditions?.ready !== false && !conditions?.terminating,
  );
