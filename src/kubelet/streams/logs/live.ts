/** A log that is still written: when there may be more of it, and when it is complete. */
import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Bell } from './bell.ts';
import type { OnEnd } from './exits.ts';

export interface Live {
  /** Nothing will be written any more, or nobody wants to know. */
  readonly over: boolean;
  readonly changed: Promise<void>;
  stop(): void;
}

/** The directory is watched: a log that is rotated is a new file under the old name. */
export async function watchLog(
  { id, logPath }: { id: string; logPath: string },
  onEnd: OnEnd,
  gone: AbortSignal,
): Promise<Live> {
  const bell = new Bell();
  let over = gone.aborted;
  const end = () => {
    over = true;
    bell.ring();
  };
  const name = basename(logPath);
  const watcher = watch(dirname(logPath), (_, changed) => changed === name && bell.ring());
  watcher.on('error', end);
  gone.addEventListener('abort', end, { once: true });
  const unhook = await onEnd(id, end);
  return {
    get over() {
      return over;
    },
    get changed() {
      return bell.rung;
    },
    stop() {
      unhook();
      watcher.close();
      gone.removeEventListener('abort', end);
    },
  };
}
