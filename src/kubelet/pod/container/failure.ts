/** Why a container cannot start now: what its waiting state says, and when to try again. */
export class StartFailure extends Error {
  readonly reason: string;
  readonly retryMs: number;
  constructor(reason: string, message: string, retryMs: number) {
    super(message);
    this.name = 'StartFailure';
    this.reason = reason;
    this.retryMs = retryMs;
  }
}

export const messageOf = (err: unknown): string => (err instanceof Error ? err.message : String(err));
