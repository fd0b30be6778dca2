import { storeContract } from '../contract.suite.ts';
import { openMemory } from './index.ts';

storeContract('the memory store', (options) => Promise.resolve(openMemory(options)));
