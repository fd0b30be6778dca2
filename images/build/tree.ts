/** Directory trees that share their files by hard links: nothing in an unpacked image is ever written to. */
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

/** Where a path of the source goes; nothing when it is left out. Paths are relative. */
export type Place = (path: string) => string | undefined;

/** Lays one tree over another, as the layers of an image lie. */
export function linkTree(from: string, to: string, place: Place = (path) => path): void {
  mkdirSync(to, { recursive: true });
  linkDirectory(from, to, '', place);
}

function linkDirectory(from: string, to: string, dir: string, place: Place): void {
  for (const entry of readdirSync(join(from, dir), { withFileTypes: true })) {
    const path = join(dir, entry.name);
    const target = place(path);
    if (target !== undefined && !entry.isDirectory()) linkFile(join(from, path), join(to, target));
    if (target !== undefined && entry.isDirectory()) makeDirectory(join(from, path), to, target);
    if (entry.isDirectory()) linkDirectory(from, to, path, place);
  }
}

function linkFile(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  rmSync(to, { force: true });
  linkSync(from, to);
}

function makeDirectory(from: string, root: string, target: string): void {
  const to = join(root, target);
  const there = lstatSync(to, { throwIfNoEntry: false });
  if (there?.isSymbolicLink()) return followInside(root, target);
  if (there && !there.isDirectory()) rmSync(to);
  mkdirSync(to, { recursive: true });
  const { mode, uid, gid } = lstatSync(from);
  chownSync(to, uid, gid);
  chmodSync(to, mode & 0o7777);
}

/** A directory laid over a link goes where the link points, which must not be out of the tree. */
function followInside(root: string, target: string): void {
  const link = readlinkSync(join(root, target));
  const end = join('/', dirname(target), link);
  if (isAbsolute(link) || !existsSync(join(root, end))) {
    throw new Error(`Cannot lay a directory over the link ${target}: it points to ${link}`);
  }
}
