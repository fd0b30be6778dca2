/** What the control plane wires into an API server. */
export type * from './contract.ts';
export { createHandler } from './handler.ts';
export { localClient } from './local.ts';
export { keyOf, prefixOf } from './object/keys.ts';
export { createMetrics } from './observe/metrics.ts';
export { createServer } from './server.ts';
