/** A store that lives as long as its process: for tests, and to try things. */
import type { Store } from '../contract.ts';
import { Engine, type EngineOptions } from '../engine.ts';

export const openMemory = (options: EngineOptions = {}): Store => new Engine(undefined, undefined, options);
