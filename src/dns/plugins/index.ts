/**
 * All plugins, in the order in which a question passes them, whatever the order in the Corefile: first those that
 * watch, then those that change answers, last those that give them.
 */
import type { SetUp } from '../contract.ts';
import { cache } from './cache/index.ts';
import { errors } from './errors/index.ts';
import { forward } from './forward/index.ts';
import { health } from './health/index.ts';
import { kubernetes } from './kubernetes/index.ts';
import { loadbalance } from './loadbalance/index.ts';
import { log } from './log/index.ts';
import { loop } from './loop/index.ts';
import { prometheus } from './prometheus/index.ts';
import { ready } from './ready/index.ts';
import { reload } from './reload/index.ts';

export const plugins: readonly (readonly [name: string, setUp: SetUp])[] = [
  ['reload', reload],
  ['ready', ready],
  ['health', health],
  ['prometheus', prometheus],
  ['errors', errors],
  ['log', log],
  ['loadbalance', loadbalance],
  ['cache', cache],
  ['kubernetes', kubernetes],
  ['loop', loop],
  ['forward', forward],
];
