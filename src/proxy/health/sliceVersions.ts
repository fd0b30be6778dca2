/**
 * Up to which change of EndpointSlices the kernel's rules are: whoever made the change can see so that it has come.
 * Versions of one kind of object may be compared: https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/5504-comparable-resource-version
 */
export class SliceVersions {
  #seen = 0;
  #underWay = 0;
  #written = 0;

  /** The API has told of this one, and of all before it. */
  seen(resourceVersion: string | undefined): void {
    this.#seen = Math.max(this.#seen, Number(resourceVersion) || 0);
  }

  /** All that was seen is in the transaction that begins now. */
  taking(): void {
    this.#underWay = this.#seen;
  }

  /** It is in the kernel. */
  written(): void {
    this.#written = this.#underWay;
  }

  get newest(): number {
    return this.#written;
  }
}
