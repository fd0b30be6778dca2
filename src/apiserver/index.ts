/** What the control plane wires into an API server. */
export type * from './contract.ts';
export { createHandler } from './handler.ts';
export { keyOf, prefixOf } from './keys.ts';
export { localClient } from './local.ts';
export { createMetrics } from './metrics.ts';
export { createServer } from './server.ts';
