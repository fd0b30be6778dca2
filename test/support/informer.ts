/** An informer whose objects the test itself puts in. */
import type { KubeObject } from '../../src/api/types.ts';
import { type Informer, keyOf } from '../../src/client/contract.ts';

export class TestInformer<T extends KubeObject> implements Informer<T> {
  readonly #objects = new Map<string, T>();
  readonly #listeners: ((now: T | undefined, before: T | undefined) => void)[] = [];
  readonly #synced = Promise.withResolvers<void>();
  hasSynced = false;
  constructor(...objects: T[]) {
    this.put(...objects);
    this.sync();
  }

  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  sync(): void {
    this.hasSynced = true;
    this.#synced.resolve();
  }

  put(...objects: T[]): void {
    for (const object of objects) {
      const before = this.get(keyOf(object));
      this.#objects.set(keyOf(object), object);
      for (const listener of this.#listeners) listener(object, before);
    }
  }

  delete(key: string): void {
    const before = this.get(key);
    this.#objects.delete(key);
    for (const listener of this.#listeners) listener(undefined, before);
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(): IterableIterator<T> {
    return this.#objects.values();
  }

  by(): T[] {
    throw new Error('Cannot look up: the test informer has no indexes');
  }

  onChange(listener: (now: T | undefined, before: T | undefined) => void): void {
    this.#listeners.push(listener);
    for (const object of this.list()) listener(object, undefined);
  }
}
