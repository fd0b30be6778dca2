/** Stops the containers of one pod, each with the patience that it has. */
import type { Container, Pod } from '../../api/types.ts';
import type { ContainerRecord } from '../contract.ts';
import { containerNamed } from './container/env.ts';
import { stop } from './container/stop.ts';
import type { PodContainers } from './containers.ts';
import { Grace } from './grace.ts';
import type { PodSandbox } from './sandbox/podSandbox.ts';
import type { Surroundings } from './surroundings.ts';

/** Deleted by force, a pod still has a second. */
const leastGraceMs = 1_000;

export class Stopper {
  readonly #pod: () => Pod;
  readonly #containers: PodContainers;
  readonly #sandbox: PodSandbox;
  readonly #around: Surroundings;
  /** Of the containers that are being stopped right now. */
  readonly #graces = new Set<Grace>();

  constructor(pod: () => Pod, containers: PodContainers, sandbox: PodSandbox, around: Surroundings) {
    this.#pod = pod;
    this.#containers = containers;
    this.#sandbox = sandbox;
    this.#around = around;
  }

  /** The pod's own, from now on. */
  grace(): Grace {
    const { metadata, spec } = this.#pod();
    const seconds = metadata.deletionGracePeriodSeconds ?? spec?.terminationGracePeriodSeconds ?? 30;
    return new Grace(this.#around.clock.now() + Math.max(seconds * 1000, leastGraceMs));
  }

  async stop(record: ContainerRecord, grace = this.grace(), notBefore = Promise.resolve()): Promise<void> {
    if (this.#containers.get(record.id)?.state === 'exited') return;
    this.#around.probes.leave(record.id);
    const pod = this.#pod();
    const container = containerNamed(pod, record.name);
    const podIP = this.#sandbox.podIP() ?? '';
    const ended = this.#containers.end(record.id);
    this.#graces.add(grace);
    await stop({ pod, container, record, ended, podIP, grace, notBefore }, this.#around);
    this.#graces.delete(grace);
  }

  /** For one whose probe failed: it may have a grace period of its own. */
  async kill(record: ContainerRecord, message: string): Promise<void> {
    const pod = this.#pod();
    this.#around.event(pod, 'Normal', 'Killing', message, record.name);
    const seconds = probeGraceSeconds(containerNamed(pod, record.name), message);
    const { clock } = this.#around;
    await this.stop(record, seconds === undefined ? this.grace() : new Grace(clock.now() + seconds * 1000));
  }

  /** Deleted, deleted again with less patience, or gone by force. */
  hasten(): void {
    const { deadlineMs } = this.grace();
    for (const grace of this.#graces) grace.shorten(deadlineMs);
  }
}

const probeGraceSeconds = ({ startupProbe, livenessProbe }: Container, message: string) =>
  (message.includes('startup') ? startupProbe : livenessProbe)?.terminationGracePeriodSeconds;
