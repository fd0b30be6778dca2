import type { Progress } from '../progress.ts';

/** One thing that a machine needs before a cluster can be on it. */
export interface Step {
  title: string;
  /** Takes milliseconds and changes nothing. */
  needed(): Promise<boolean>;
  run(progress: Progress): Promise<void>;
}
