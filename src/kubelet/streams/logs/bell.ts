/** Wakes whoever waits for something new. */
export class Bell {
  #next = Promise.withResolvers<void>();

  ring(): void {
    this.#next.resolve();
    this.#next = Promise.withResolvers<void>();
  }

  /** Resolves at the next ring. To be taken before one looks, so that nothing is missed in between. */
  get rung(): Promise<void> {
    return this.#next.promise;
  }
}
