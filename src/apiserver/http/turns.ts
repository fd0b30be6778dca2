/**
 * Who has much to write, or is one of many that hear of the same change, waits for a turn, so that the event
 * loop is never held: only a few go on in each of its rounds.
 */

/** One part of an answer, or one batch of a watch, takes some ten microseconds. */
const atOnce = 50;

let waiting: (() => void)[] = [];
let next = 0;
let scheduled = false;

/** Resolves in one of the next rounds of the event loop, in the order of those who wait. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    schedule();
  });
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  // What is asked for in a round of immediates is called in the next one, after sockets and timers.
  setImmediate(() => {
    scheduled = false;
    const end = Math.min(waiting.length, next + atOnce);
    while (next < end) waiting[next++]?.();
    if (next < waiting.length) return schedule();
    waiting = [];
    next = 0;
  });
}
