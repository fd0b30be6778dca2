/**
 * Who is alive: whom we heard lately. Silence is counted in ticks of our own, not by the clock: a process that
 * stood still heard nobody, and that is not the others' death. Pure.
 */

export const beatMs = 400;
/** Whoever is silent for so long is asked whether at least its kernel is there. */
const doubtAfterMs = 1_400;
/** Longer than an agent takes to start again on a machine that has nothing else to do. */
export const deadAfterMs = 1_900;
/** Where the kernel answers, packets go on being served: its agent has so long to come back. */
export const goneAfterMs = 10_000;

export class Liveness {
  #awakeMs = 0;
  #lastTickMs: number;
  /** When each was heard, in time that we were awake. */
  readonly #heardAtMs = new Map<string, number>();
  /** When the kernel of each silent one answered last. */
  readonly #answeredAtMs = new Map<string, number>();

  /** All times are of a clock that never goes back. */
  constructor(nowMs: number) {
    this.#lastTickMs = nowMs;
  }

  /** For how long somebody could have been heard. */
  get awakeMs(): number {
    return this.#awakeMs;
  }

  /** Once in every {@link beatMs}. */
  tick(nowMs: number): void {
    this.#awakeMs += Math.min(nowMs - this.#lastTickMs, 1.5 * beatMs);
    this.#lastTickMs = nowMs;
  }

  /** Whose kernel is to be asked. */
  doubted(): string[] {
    return [...this.#heardAtMs.keys()].filter((who) => this.#silentMs(who) >= doubtAfterMs);
  }

  /** Its kernel did. */
  answered(who: string): void {
    this.#answeredAtMs.set(who, this.#awakeMs);
  }

  /** Who has died. To be asked when all that has arrived until the last tick is {@link heard}. */
  bury(): string[] {
    const dead = [...this.#heardAtMs.keys()].filter(
      (who) => this.#silentMs(who) >= (this.#isThere(who) ? goneAfterMs : deadAfterMs),
    );
    for (const who of dead) {
      this.#heardAtMs.delete(who);
      this.#answeredAtMs.delete(who);
    }
    return dead;
  }

  #silentMs(who: string): number {
    return this.#awakeMs - (this.#heardAtMs.get(who) ?? 0);
  }

  /** It is asked with every tick: of two answers one may be late. */
  #isThere(who: string): boolean {
    const answeredAtMs = this.#answeredAtMs.get(who);
    return answeredAtMs !== undefined && this.#awakeMs - answeredAtMs <= 2 * beatMs;
  }

  /** Says whether it was not alive before. */
  heard(who: string): boolean {
    const isNew = !this.#heardAtMs.has(who);
    this.#heardAtMs.set(who, this.#awakeMs);
    return isNew;
  }

  isAlive(who: string): boolean {
    return this.#heardAtMs.has(who);
  }
}
