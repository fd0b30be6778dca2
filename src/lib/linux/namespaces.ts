/**
 * Kernel namespaces, entered for a moment and made without a process of their own.
 *
 * A thread is in a namespace, not a process: only the calling thread goes there and back, and nothing
 * else of ours runs on it meanwhile because all of it is synchronous. `/proc/thread-self` is that thread.
 * https://man7.org/linux/man-pages/man2/setns.2.html
 */
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { checked, libc } from './libc.ts';

const kinds = { net: 0x40000000, uts: 0x04000000, ipc: 0x08000000 } as const;

export type NamespaceKind = keyof typeof kinds;

const MS_BIND = 4096;
const MNT_DETACH = 2;

/** Runs `action` inside the network namespace that a file holds open, and comes back. `action` must be synchronous. */
export function inNamespace<Result>(netns: string, action: () => Result): Result {
  const there = openSync(netns, 'r');
  try {
    return awayFrom(['net'], () => {
      checked(`enter the namespace ${netns}`, libc().setns(there, kinds.net));
      return action();
    });
  } finally {
    closeSync(there);
  }
}

/** Runs `action`, which may move this thread to other namespaces of these kinds, and moves it back. */
function awayFrom<Result>(leaving: readonly NamespaceKind[], action: () => Result): Result {
  const home = leaving.map((kind) => ({ kind, fd: openSync(`/proc/thread-self/ns/${kind}`, 'r') }));
  try {
    const result = action();
    if (result instanceof Promise)
      throw new TypeError('Cannot wait inside a namespace: the action is asynchronous');
    return result;
  } finally {
    for (const { kind, fd } of home) {
      if (libc().setns(fd, kinds[kind]) !== 0) endAt(kind);
      closeSync(fd);
    }
  }
}

/** A thread that is lost in another namespace would do all that follows in the wrong place. */
function endAt(kind: NamespaceKind): never {
  writeSync(2, `Cannot return to the ${kind} namespace of this process: giving up\n`);
  process.exit(70);
}

export interface NewNamespaces {
  kinds: readonly NamespaceKind[];
  /** For a new `uts` namespace. */
  hostname?: string;
  /** Called inside the new namespaces, before their files are there. */
  prepare?: () => void;
}

/**
 * Makes namespaces and holds each open by a file in `dir`, named after its kind (`net`, `uts`, `ipc`).
 * Nothing is left behind when it fails.
 */
export function createNamespaces(
  dir: string,
  { kinds: wanted, hostname, prepare }: NewNamespaces,
): { [kind in NamespaceKind]?: string } {
  mkdirSync(dir, { recursive: true });
  const files: { [kind in NamespaceKind]?: string } = {};
  try {
    awayFrom(wanted, () => {
      const flags = wanted.reduce((all, kind) => all | kinds[kind], 0);
      checked(`create namespaces (${wanted.join(', ')})`, libc().unshare(flags));
      if (hostname !== undefined && wanted.includes('uts'))
        checked(`set the hostname ${hostname}`, libc().sethostname(hostname, Buffer.byteLength(hostname)));
      prepare?.();
      for (const kind of wanted) {
        files[kind] = `${dir}/${kind}`;
        holdOpen(kind, `${dir}/${kind}`);
      }
    });
  } catch (err) {
    for (const file of Object.values(files)) removeNamespace(file);
    throw err;
  }
  return files;
}

/** Makes one network namespace, held open by `file`. */
export function createNetns(file: string, prepare?: () => void): void {
  try {
    awayFrom(['net'], () => {
      checked('create a network namespace', libc().unshare(kinds.net));
      prepare?.();
      holdOpen('net', file);
    });
  } catch (err) {
    removeNamespace(file);
    throw err;
  }
}

function holdOpen(kind: NamespaceKind, file: string): void {
  writeFileSync(file, '');
  const source = `/proc/thread-self/ns/${kind}`;
  checked(`hold the ${kind} namespace open as ${file}`, libc().mount(source, file, null, MS_BIND, null));
}

/** Lets a namespace go that a file held open; it ends with the last process in it. Nothing happens if it is not there. */
export function removeNamespace(file: string): void {
  libc().umount2(file, MNT_DETACH);
  rmSync(file, { force: true });
}
