/** mount(2) and umount2(2), called directly: a spawned `mount` costs a hundred times as much. */
import { getSystemErrorMessage, getSystemErrorName } from 'node:util';
import koffi from 'koffi';

const libc = koffi.load('libc.so.6');
const mountCall = libc.func(
  'int mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)',
);
const umountCall = libc.func('int umount2(const char *target, int flags)');

/** `MS_…` of mount(2). */
export const mountFlags = {
  readOnly: 1,
  noSuid: 2,
  noDev: 4,
  noExec: 8,
  remount: 32,
  bind: 4096,
  recursive: 16384,
  private: 1 << 18,
  slave: 1 << 19,
  shared: 1 << 20,
} as const;

export interface Mount {
  source: string;
  target: string;
  type?: string;
  /** {@link mountFlags}, or'ed. */
  flags?: number;
  /** The file system's own options: `size=64m`. */
  data?: string;
}

export function mount({ source, target, type, flags = 0, data }: Mount): void {
  if (mountCall(source, target, type ?? null, flags, data ?? null) !== 0)
    throw failure(`Cannot mount ${type ?? source} on ${target}`);
}

const detach = 2;
const invalid = 22;
const noEntry = 2;

/** Takes a mount away at once, also while it is in use (MNT_DETACH). Says whether there was one. */
export function unmount(target: string): boolean {
  if (umountCall(target, detach) === 0) return true;
  if (koffi.errno() === invalid || koffi.errno() === noEntry) return false;
  throw failure(`Cannot unmount ${target}`);
}

function failure(what: string): Error {
  const errno = -koffi.errno();
  return Object.assign(new Error(`${what}: ${getSystemErrorMessage(errno)}`), {
    code: getSystemErrorName(errno),
  });
}
