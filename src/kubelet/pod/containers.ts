/** The containers of one pod that are known: those that run, and of each the newest that have ended. */
import type { Pod } from '../../api/types.ts';
import type { ContainerRecord } from '../contract.ts';
import { removeLog } from '../logs/rotate.ts';
import { containerNamed } from './container/env.ts';
import { terminationMessage } from './container/termination.ts';
import { latestOf } from './plan.ts';
import { terminationLog } from './sandbox/sandbox.ts';
import type { Surroundings } from './surroundings.ts';
import { statusesOf } from './told.ts';

export class PodContainers {
  readonly #around: Surroundings;
  readonly #pod: () => Pod;
  readonly #records = new Map<string, ContainerRecord>();
  readonly #ends = new Map<string, PromiseWithResolvers<void>>();

  constructor(around: Surroundings, pod: () => Pod, found: readonly ContainerRecord[]) {
    this.#around = around;
    this.#pod = pod;
    for (const record of found) this.#records.set(record.id, this.#withMessage(record));
  }

  all(): ContainerRecord[] {
    return [...this.#records.values()];
  }

  running(): ContainerRecord[] {
    return this.all().filter((record) => record.state !== 'exited');
  }

  get(id: string): ContainerRecord | undefined {
    return this.#records.get(id);
  }

  latest(name: string): ContainerRecord | undefined {
    return latestOf(this.all(), name);
  }

  /** One that was started; it may be known to have ended by now. */
  started(record: ContainerRecord): void {
    if (!this.#records.has(record.id)) this.#records.set(record.id, record);
  }

  ended(record: ContainerRecord): void {
    this.#around.probes.stop(record.id);
    this.#records.set(record.id, this.#withMessage(record));
    this.#endOf(record.id).resolve();
  }

  /** Resolves when the runtime has told that it ended. */
  end(id: string): Promise<void> {
    const end = this.#endOf(id);
    if (this.#records.get(id)?.state === 'exited') end.resolve();
    return end.promise;
  }

  async forget(record: ContainerRecord): Promise<void> {
    this.#records.delete(record.id);
    this.#ends.delete(record.id);
    await this.#around.runtime.remove(record.id);
    removeLog(record.logPath);
  }

  /** Counts on from the API where the node has forgotten. */
  nextAttempt(name: string): number {
    const latest = this.latest(name);
    if (latest) return latest.attempt + 1;
    const told = statusesOf(this.#pod()).find((status) => status.name === name);
    return told?.containerID ? told.restartCount + 1 : 0;
  }

  #endOf(id: string): PromiseWithResolvers<void> {
    const end = this.#ends.get(id) ?? Promise.withResolvers<void>();
    this.#ends.set(id, end);
    return end;
  }

  #withMessage(record: ContainerRecord): ContainerRecord {
    if (record.state !== 'exited' || record.message) return record;
    const directory = this.#around.directories.of(record.podUid);
    const file = terminationLog(directory, record.name, record.attempt);
    const message = terminationMessage(containerNamed(this.#pod(), record.name), record, file);
    return message ? { ...record, message } : record;
  }
}
