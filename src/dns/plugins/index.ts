/**
 * All plugins, in the order in which a question passes them, whatever the order in the Corefile: first those that
 * watch and those that refuse, then those that change answers, last those that give them. It is CoreDNS's order.
 */
import type { SetUp } from '../contract.ts';
import { acl } from './acl/index.ts';
import { any } from './any/index.ts';
import { autopath } from './autopath/index.ts';
import { bufsize } from './bufsize/index.ts';
import { cache } from './cache/index.ts';
import { chaos } from './chaos/index.ts';
import { errors } from './errors/index.ts';
import { forward } from './forward/index.ts';
import { health } from './health/index.ts';
import { hosts } from './hosts/index.ts';
import { kubernetes } from './kubernetes/index.ts';
import { loadbalance } from './loadbalance/index.ts';
import { log } from './log/index.ts';
import { loop } from './loop/index.ts';
import { nsid } from './nsid/index.ts';
import { prometheus } from './prometheus/index.ts';
import { ready } from './ready/index.ts';
import { reload } from './reload/index.ts';
import { rewrite } from './rewrite/index.ts';
import { template } from './template/index.ts';
import { tls } from './tls/index.ts';
import { whoami } from './whoami/index.ts';

export const plugins: readonly (readonly [name: string, setUp: SetUp])[] = [
  ['tls', tls],
  ['reload', reload],
  ['nsid', nsid],
  ['bufsize', bufsize],
  ['ready', ready],
  ['health', health],
  ['prometheus', prometheus],
  ['errors', errors],
  ['log', log],
  ['acl', acl],
  ['any', any],
  ['chaos', chaos],
  ['loadbalance', loadbalance],
  ['cache', cache],
  ['rewrite', rewrite],
  ['autopath', autopath],
  ['template', template],
  ['hosts', hosts],
  ['kubernetes', kubernetes],
  ['loop', loop],
  ['forward', forward],
  ['whoami', whoami],
];
