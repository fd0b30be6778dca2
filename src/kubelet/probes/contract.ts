/** What a probe found out. */
export interface Outcome {
  ok: boolean;
  /** What an event says of it. */
  output: string;
}

/** Where the probes of a container go. */
export interface Target {
  /** Of the pod. */
  ip: string;
  /** Number of a port by its name in the container's `ports`. */
  port(name: string | number): number;
  /** Runs a command in the container; rejects when it takes too long. */
  exec(argv: readonly string[], timeoutMs: number): Promise<{ code: number; output: string }>;
}

export const ok = (output = ''): Outcome => ({ ok: true, output });
export const failed = (output: string): Outcome => ({ ok: false, output });
