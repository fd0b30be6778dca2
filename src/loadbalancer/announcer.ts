/** Says on the LAN which addresses are here: some times over, and then no more. */
import { type FrameSender, frameSender } from '../lib/linux/frames.ts';
import { logger } from '../lib/log.ts';
import { announcementOf } from './announcement.ts';

const log = logger('loadbalancer');

/** One may be lost, and who had the address before may have answered a question meanwhile. */
const pausesMs = [100, 400, 500, 1_000];

export interface Announcer {
  /** Now, and again after each pause. */
  announce(address: string): void;
  /** No more of this address; of none when left out. */
  stop(address?: string): void;
}

/** `linkOf` finds the link by which frames go out, as it is now. */
export function announcer(linkOf: () => { index: number; mac: string }, netns?: string): Announcer {
  const timers = new Map<string, NodeJS.Timeout>();
  let frames: FrameSender | undefined;

  function send(address: string, round: number): void {
    timers.delete(address);
    try {
      const { index, mac } = linkOf();
      frames ??= frameSender(netns);
      frames.send(index, announcementOf(address, mac));
    } catch (err) {
      log.warn({ address, err: String(err) }, 'the address could not be announced');
    }
    const pauseMs = pausesMs[round];
    if (pauseMs !== undefined)
      timers.set(
        address,
        setTimeout(() => send(address, round + 1), pauseMs),
      );
  }

  function stop(address: string): void {
    clearTimeout(timers.get(address));
    timers.delete(address);
  }

  return {
    announce(address) {
      stop(address);
      send(address, 0);
    },
    stop(address) {
      if (address !== undefined) return stop(address);
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      frames?.close();
      frames = undefined;
    },
  };
}
