/**
 * Objects that were let in and may not be in the store yet. A listing of the store and what stands here
 * are together all that counts: nothing is forgotten before a listing must have shown it.
 */
import type { KubeObject } from '../../../api/types.ts';

interface Reservation {
  object: KubeObject;
  /** The store's revision when it had been written. */
  writtenBy?: number;
}

export class Ledger {
  readonly #places = new Map<string, Map<string, Reservation>>();

  /** `place`: the kind and the namespace; objects are known by their uid. */
  reserve(place: string, object: KubeObject): () => void {
    const here = this.#places.get(place) ?? new Map<string, Reservation>();
    const uid = object.metadata.uid ?? '';
    const reservation = { object };
    this.#places.set(place, here.set(uid, reservation));
    return () => {
      if (here.get(uid) === reservation) here.delete(uid);
    };
  }

  written(place: string, object: KubeObject, revision: number): void {
    const reservation = this.#places.get(place)?.get(object.metadata.uid ?? '');
    if (reservation?.object === object) reservation.writtenBy = revision;
  }

  /** By uid, what a listing of this revision may not show as it is. What it must have shown is forgotten. */
  notIn(place: string, revision: number): ReadonlyMap<string, KubeObject> {
    const here = this.#places.get(place);
    if (!here) return new Map();
    for (const [uid, { writtenBy }] of here)
      if (writtenBy !== undefined && writtenBy <= revision) here.delete(uid);
    if (here.size === 0) this.#places.delete(place);
    return new Map([...here].map(([uid, { object }]) => [uid, object]));
  }
}
