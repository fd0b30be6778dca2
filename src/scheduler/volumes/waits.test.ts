import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import type { KubeObject, PersistentVolumeClaim, Pod } from '../../api/types.ts';
import type { Informer } from '../../client/contract.ts';
import { keyOf } from '../../client/contract.ts';
import { FakeClock } from '../../lib/clock.ts';
import { aPod } from '../testing/world.ts';
import { claimWaits } from './waits.ts';

/** Objects by key, and whoever listens to their changes. */
class Known<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #listeners: ((now: T | undefined) => void)[] = [];
  get = (key: string) => this.#objects.get(key);
  onChange = (listener: (now: T | undefined) => void) => void this.#listeners.push(listener);
  put(object: T): void {
    this.#objects.set(keyOf(object), object);
    for (const listener of this.#listeners) listener(object);
  }
  delete(object: T): void {
    this.#objects.delete(keyOf(object));
    for (const listener of this.#listeners) listener(undefined);
  }
}

const selected = { 'volume.kubernetes.io/selected-node': 'a' };
const claim = (annotations: Record<string, string> = {}, phase = 'Pending'): PersistentVolumeClaim => ({
  metadata: { name: 'data', namespace: 'default', uid: 'u1', annotations },
  spec: { ...(phase === 'Bound' && { volumeName: 'v' }) },
  status: { phase },
});

let claims: Known<PersistentVolumeClaim>;
let pods: Known<Pod>;
let clock: FakeClock;
const pod = aPod('web');

beforeEach(() => {
  claims = new Known();
  pods = new Known();
  clock = new FakeClock();
  claims.put(claim());
  pods.put(pod);
});

function waiting(): Promise<void> {
  const known = {
    claims: claims as unknown as Informer<PersistentVolumeClaim>,
    pods: pods as unknown as Informer<Pod>,
  };
  const waits = claimWaits(known, clock, new AbortController().signal);
  const asked = claims.get('default/data');
  assert.ok(asked);
  return waits({ pod, claims: [asked], provisioned: [asked] });
}

describe('a pod that waits for its claims', () => {
  test('goes on when they have their volumes', async () => {
    const wait = waiting();
    claims.put(claim(selected));
    claims.put(claim({ ...selected, 'pv.kubernetes.io/bind-completed': 'yes' }, 'Bound'));
    await wait;
  });

  test('is placed anew when its node was taken back', async () => {
    const wait = waiting();
    claims.put(claim(selected));
    claims.put(claim());
    await assert.rejects(wait, /the node of persistentvolumeclaim "data" was taken back$/);
  });

  test('gives up when it is gone, or a claim is, or ten minutes are over', async () => {
    const first = waiting();
    pods.delete(pod);
    await assert.rejects(first, /pod "web" is gone$/);
    pods.put(pod);
    const second = waiting();
    claims.delete(claim());
    await assert.rejects(second, /persistentvolumeclaim "data" not found$/);
    claims.put(claim());
    const third = waiting();
    clock.advance(600_000);
    await assert.rejects(third, /timed out$/);
  });
});
