/** Between two steps of work on a large object others have their turn, so that no request holds the event loop for long. */
import { setImmediate } from 'node:timers/promises';

/** A step takes about a millisecond for so much JSON. */
const largeBytes = 32 * 1024;

/** Resolves at once for what is small. */
export const breathe = (bytes: number): Promise<void> => (bytes < largeBytes ? atOnce : setImmediate());

const atOnce = Promise.resolve();
