export * from './contract.ts';
export { openMemory } from './memory/index.ts';
export { openSqlite } from './sqlite/index.ts';
export type { SealKey } from './sqlite/seal.ts';
