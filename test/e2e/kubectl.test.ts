/**
 * The real kubectl against a cluster of two nodes: what people do every day and what differs by
 * version with all of them, the rest with the oldest and the newest.
 */
import { after } from 'node:test';
import { cluster, programs } from './kubectl/cluster.ts';
import './kubectl/core.ts';
import './kubectl/generators.ts';
import './kubectl/applying.ts';
import './kubectl/changing.ts';
import './kubectl/listing.ts';
import './kubectl/options.ts';
import './kubectl/running.ts';

const newest = Number(programs.at(-1)?.version.split('.')[1]);

// They ask for what kubectl learned by then: `events`, `auth whoami`, `--subresource`, and to let the server validate.
if (newest >= 30) {
  await import('./kubectl/about.ts');
  await import('./kubectl/apply.ts');
  await import('./kubectl/change.ts');
  await import('./kubectl/create.ts');
  await import('./kubectl/delete.ts');
  await import('./kubectl/describe.ts');
  await import('./kubectl/describeKinds.ts');
  await import('./kubectl/get.ts');
  await import('./kubectl/mistakes.ts');
  await import('./kubectl/nodes.ts');
  await import('./kubectl/pods.ts');
  await import('./kubectl/rollout.ts');
}

after(async () => (await cluster()).down());
