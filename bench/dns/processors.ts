import { availableParallelism } from 'node:os';

/** One processor for the server, another one for those who ask. */
export const processors = { server: 0, asker: Math.min(1, availableParallelism() - 1) };
