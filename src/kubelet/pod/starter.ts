/** Starts the containers of one pod, and remembers what came in the way. */
import type { Container, Pod } from '../../api/types.ts';
import { logger } from '../../lib/log.ts';
import type { ContainerRecord } from '../contract.ts';
import { afterRestart, type Backoff } from './backoff.ts';
import { containerNamed } from './container/env.ts';
import { messageOf, StartFailure } from './container/failure.ts';
import { PodImages } from './container/images.ts';
import { afterStart, decide, launch } from './container/start.ts';
import type { PodContainers } from './containers.ts';
import type { Waiting } from './plan.ts';
import type { Prepared } from './sandbox/sandbox.ts';
import type { Surroundings } from './surroundings.ts';

const log = logger('kubelet');
const retryMs = 1_000;

interface Parts {
  pod: () => Pod;
  containers: PodContainers;
  prepare: () => Promise<Prepared>;
  /** For one whose postStart hook failed. */
  stop: (record: ContainerRecord) => Promise<void>;
  /** Aborted when the pod has to end. */
  ending: AbortSignal;
}

export class Starter {
  readonly waiting = new Map<string, Waiting>();
  readonly retryAtMs = new Map<string, number>();
  readonly backoffs = new Map<string, Backoff>();
  readonly #parts: Parts;
  readonly #around: Surroundings;
  readonly #images: PodImages;

  constructor(parts: Parts, around: Surroundings) {
    this.#parts = parts;
    this.#around = around;
    this.#images = new PodImages(around);
  }

  /** The next one starts when this one runs and its postStart hook is through, as users rely on. */
  async inOrder(names: readonly string[], done: (name: string) => void): Promise<void> {
    for (const name of names) {
      if (this.#parts.ending.aborted) return;
      try {
        await this.#start(containerNamed(this.#parts.pod(), name));
      } catch (err) {
        this.#couldNotStart(name, err);
      }
      done(name);
    }
  }

  async #start(container: Container): Promise<void> {
    const { pod: current, containers, prepare, stop, ending } = this.#parts;
    const pod = current();
    const [image, prepared] = await this.#unlessEnding(
      Promise.all([this.#images.get(pod, container), prepare()]),
    );
    const { name } = container;
    const before = containers.latest(name);
    const attempt = containers.nextAttempt(name);
    const running = containers.running();
    const config = await decide(pod, container, { image, prepared, attempt, running }, this.#around);
    if (ending.aborted) return;
    if (before) this.backoffs.set(name, afterRestart(this.backoffs.get(name), before));
    this.waiting.delete(name);
    this.retryAtMs.delete(name);
    const record = await launch(pod, config, this.#around);
    containers.started(record);
    const podIP = prepared.sandbox.podIPs[0] ?? '';
    if (!(await this.#unlessEnding(afterStart(pod, container, record, podIP, this.#around))))
      await stop(record);
  }

  /** What is slow (a pull, a mount, a hook) is not waited for once the pod has to end. */
  #unlessEnding<T>(work: Promise<T>): Promise<T> {
    const { ending } = this.#parts;
    return new Promise((resolve, reject) => {
      const end = () => reject(new StartFailure('ContainerCreating', 'the pod is ending', 0));
      ending.addEventListener('abort', end);
      work.then(resolve, reject).finally(() => ending.removeEventListener('abort', end));
    });
  }

  #couldNotStart(name: string, err: unknown): void {
    const now = this.#around.clock.now();
    if (!(err instanceof StartFailure)) {
      // The runtime keeps a record of the attempt: the plan goes on from there.
      log.debug(
        { pod: this.#parts.pod().metadata.name, container: name, err: messageOf(err) },
        'cannot start',
      );
      this.retryAtMs.set(name, now + retryMs);
      return;
    }
    this.retryAtMs.set(name, now + err.retryMs);
    if (err.reason !== 'ContainerCreating')
      this.waiting.set(name, { reason: err.reason, message: err.message });
  }
}
