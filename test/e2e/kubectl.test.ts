/** The real kubectl against a cluster of two nodes: what people do every day with all versions, everything with the newest. */
import { after } from 'node:test';
import './kubectl/about.ts';
import './kubectl/apply.ts';
import './kubectl/change.ts';
import './kubectl/create.ts';
import './kubectl/delete.ts';
import './kubectl/describe.ts';
import './kubectl/get.ts';
import './kubectl/nodes.ts';
import './kubectl/pods.ts';
import './kubectl/rollout.ts';
import { cluster } from './kubectl/cluster.ts';

after(async () => (await cluster()).down());
