export * from './contract.ts';
export { openMemory } from './memory/index.ts';
export { openSqlite } from './sqlite/index.ts';
