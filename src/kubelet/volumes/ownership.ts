/** https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#configure-volume-permission-and-ownership-change-policy-for-pods */
import { chmodSync, lchownSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const groupMayWrite = 0o660;
/** Of a directory: the group may enter it, and what is made in it belongs to the group too. */
const groupKeeps = 0o2110;

/** All that is there belongs to the group, which may read and write it. */
export function giveTree(root: string, gid: number, policy = 'Always'): void {
  const stat = lstatSync(root);
  if (policy === 'OnRootMismatch' && stat.gid === gid && (stat.mode & groupKeeps) === groupKeeps) return;
  give(root, gid);
}

function give(path: string, gid: number): void {
  const stat = lstatSync(path);
  lchownSync(path, stat.uid, gid);
  if (stat.isSymbolicLink()) return;
  chmodSync(path, (stat.mode & 0o7777) | groupMayWrite | (stat.isDirectory() ? groupKeeps : 0));
  if (stat.isDirectory()) for (const name of readdirSync(path)) give(join(path, name), gid);
}
