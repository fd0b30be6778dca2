/** What the control plane wires into an API server. */
export type { HandlerDeps } from './call.ts';
export type * from './contract.ts';
export { createHandler } from './handler.ts';
export { keyOf, prefixOf } from './keys.ts';
export { localClient } from './local.ts';
export { createMetrics } from './metrics.ts';
export { type ApiServer, createServer, type ServerOptions, type UpgradeHandler } from './server.ts';
