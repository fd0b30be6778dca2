/** The image of a container, by its pull policy. https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy */
import { secrets } from '../../../api/resource.ts';
import type { Container, Pod, Secret } from '../../../api/types.ts';
import type { Image } from '../../contract.ts';
import { nextDelayMs } from '../backoff.ts';
import type { Surroundings } from '../surroundings.ts';
import { StartFailure } from './failure.ts';
import { credentialsFor } from './pullSecrets.ts';

interface Failed {
  delayMs: number;
  untilMs: number;
  reason: string;
  told: boolean;
}

type Needs = Pick<Surroundings, 'images' | 'objects' | 'event' | 'clock'>;

/** A name does not become right by itself; the pod's image may be changed. */
const invalidNameMs = 10_000;

/** How soon ErrImagePull turns into ImagePullBackOff. */
const soonMs = 2_000;

export class PodImages {
  readonly #needs: Needs;
  readonly #failed = new Map<string, Failed>();

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** Rejects with a {@link StartFailure}. */
  async get(pod: Pod, container: Container): Promise<Image> {
    const { name, image = '', imagePullPolicy = 'IfNotPresent' } = container;
    const found = await this.#find(pod, name, image);
    if (found && (found.pinned || imagePullPolicy !== 'Always')) {
      const message = `Container image "${image}" already present on machine`;
      this.#needs.event(pod, 'Normal', 'Pulled', message, name);
      return found;
    }
    if (imagePullPolicy === 'Never') {
      const message = `Container image "${image}" is not present with pull policy of Never`;
      this.#needs.event(pod, 'Warning', 'ErrImageNeverPull', message, name);
      throw new StartFailure('ErrImageNeverPull', message, 10_000);
    }
    this.#respectBackoff(pod, name, image);
    return this.#pull(pod, name, image);
  }

  async #find(pod: Pod, container: string, image: string): Promise<Image | undefined> {
    try {
      return await this.#needs.images.find(image);
    } catch (err) {
      const message = `Failed to apply default image tag "${image}": ${err instanceof Error ? err.message : String(err)}`;
      this.#needs.event(pod, 'Warning', 'InspectFailed', message, container);
      this.#needs.event(pod, 'Warning', 'Failed', 'Error: InvalidImageName', container);
      throw new StartFailure('InvalidImageName', message, invalidNameMs);
    }
  }

  #respectBackoff(pod: Pod, container: string, image: string): void {
    const failed = this.#failed.get(image);
    const leftMs = (failed?.untilMs ?? 0) - this.#needs.clock.now();
    if (!failed || leftMs <= 0) return;
    if (!failed.told) {
      this.#needs.event(pod, 'Normal', 'BackOff', `Back-off pulling image "${image}"`, container);
      this.#needs.event(pod, 'Warning', 'Failed', 'Error: ImagePullBackOff', container);
      failed.told = true;
    }
    const message = `Back-off pulling image "${image}": ErrImagePull: ${failed.reason}`;
    throw new StartFailure('ImagePullBackOff', message, leftMs);
  }

  async #pull(pod: Pod, container: string, image: string): Promise<Image> {
    const { images, event, clock } = this.#needs;
    const from = clock.now();
    event(pod, 'Normal', 'Pulling', `Pulling image "${image}"`, container);
    try {
      const pulled = await images.pull(image, credentialsFor(image, await this.#secrets(pod)));
      const took = `${((clock.now() - from) / 1000).toFixed(3)}s`;
      const message = `Successfully pulled image "${image}" in ${took}. Image size: ${pulled.sizeBytes} bytes.`;
      event(pod, 'Normal', 'Pulled', message, container);
      this.#failed.delete(image);
      return pulled;
    } catch (err) {
      const reason = err instanceof Error ? err.message : String(err);
      event(pod, 'Warning', 'Failed', `Failed to pull image "${image}": ${reason}`, container);
      event(pod, 'Warning', 'Failed', 'Error: ErrImagePull', container);
      const delayMs = nextDelayMs(this.#failed.get(image)?.delayMs);
      this.#failed.set(image, { delayMs, untilMs: clock.now() + delayMs, reason, told: false });
      throw new StartFailure('ErrImagePull', reason, soonMs);
    }
  }

  async #secrets(pod: Pod): Promise<Secret[]> {
    const { namespace = '', uid = '' } = pod.metadata;
    const named = (pod.spec?.imagePullSecrets ?? []).flatMap(({ name }) => (name ? [name] : []));
    const found = await Promise.all(
      named.map((name) => this.#needs.objects.get(secrets, namespace, name, uid)),
    );
    return found.filter((secret) => secret !== undefined);
  }
}
