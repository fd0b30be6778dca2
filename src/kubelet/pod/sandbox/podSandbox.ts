/** The sandbox and the volumes of one pod: made once, and again after a while when that failed. */
import type { Pod } from '../../../api/types.ts';
import { StartFailure } from '../container/failure.ts';
import type { Surroundings } from '../surroundings.ts';
import { type Prepared, prepare, release } from './sandbox.ts';

const retryMs = 1_000;

export class PodSandbox {
  readonly #pod: () => Pod;
  readonly #around: Surroundings;
  /** Something came of it. */
  readonly #tried: () => void;
  #preparing: Promise<Prepared> | undefined;
  #prepared: Prepared | undefined;
  #againAtMs = 0;
  #released = false;

  constructor(pod: () => Pod, around: Surroundings, tried: () => void) {
    this.#pod = pod;
    this.#around = around;
    this.#tried = tried;
  }

  get isReady(): boolean {
    return this.#prepared !== undefined && !this.#released;
  }

  /** When to try again; nothing as long as it stands or was not tried. */
  get retryAtMs(): number | undefined {
    return this.#prepared || this.#againAtMs === 0 ? undefined : this.#againAtMs;
  }

  /** Before it stands, those that the API knows. */
  podIPs(): readonly string[] {
    return this.#prepared?.sandbox.podIPs ?? (this.#pod().status?.podIPs ?? []).map(({ ip }) => ip);
  }

  /** Of a pod that stands: what probes and hooks are sent to. */
  podIP(): string | undefined {
    return this.#prepared?.sandbox.podIPs[0];
  }

  netns(): string | undefined {
    return this.#prepared?.sandbox.netns;
  }

  prepare(): Promise<Prepared> {
    const { clock } = this.#around;
    const leftMs = this.#againAtMs - clock.now();
    if (leftMs > 0)
      return Promise.reject(new StartFailure('ContainerCreating', 'the sandbox is not ready', leftMs));
    this.#preparing ??= prepare(this.#pod(), this.#around)
      .then(
        (prepared) => (this.#prepared = prepared),
        (err: unknown) => {
          this.#preparing = undefined;
          this.#againAtMs = clock.now() + (err instanceof StartFailure ? err.retryMs : retryMs);
          throw err;
        },
      )
      .finally(this.#tried);
    return this.#preparing;
  }

  /** Resolves when nothing is being made any more. */
  async settled(): Promise<void> {
    await this.#preparing?.catch(() => {});
  }

  async release(): Promise<void> {
    if (this.#released) return;
    await release(this.#pod().metadata.uid ?? '', this.#around);
    this.#released = true;
  }
}
