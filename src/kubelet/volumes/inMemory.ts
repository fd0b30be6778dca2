import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { mount } from '../../lib/linux/mount.ts';

/** Mounts a tmpfs on the directory unless one is there, also after the node was off and lost its mounts. */
export function inMemory(directory: string, options: string): void {
  if (statSync(directory).dev !== statSync(dirname(directory)).dev) return;
  mount({ source: 'tmpfs', target: directory, type: 'tmpfs', data: options });
}
