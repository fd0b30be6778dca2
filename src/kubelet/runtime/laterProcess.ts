/** What of a process the runtime's specification knows and concerns us here. */
export interface Process {
  args: string[];
  env: string[];
  terminal: boolean;
}

/**
 * A process that comes later is the same user as the first, with the same rights, folder and environment. In a
 * terminal it is told of which kind that is, so that `top`, `vi` and `clear` work; containerd and CRI-O say the same.
 */
export function laterProcess<P extends Process>(first: P, args: string[], terminal: boolean): P {
  const isTold = first.env.some((variable) => variable.startsWith('TERM='));
  const env = terminal && !isTold ? [...first.env, 'TERM=xterm'] : first.env;
  return { ...first, args, env, terminal };
}
