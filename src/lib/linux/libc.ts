/** The C library, called in process. Loaded at the first call: a component that never needs it pays nothing. */
import { createRequire } from 'node:module';
import { getSystemErrorName } from 'node:util';
import type * as koffiModule from 'koffi';

type Koffi = typeof koffiModule;

let loaded: Koffi | undefined;

/** koffi itself, for other libraries than libc. */
export function koffi(): Koffi {
  loaded ??= createRequire(import.meta.url)('koffi') as Koffi;
  return loaded;
}

export interface Libc {
  setns(fd: number, kind: number): number;
  unshare(kinds: number): number;
  sethostname(name: string, length: number): number;
  mount(source: string, target: string, type: string | null, flags: number, data: null): number;
  umount2(target: string, flags: number): number;
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, name: number, value: Uint8Array, length: number): number;
  bind(fd: number, address: Uint8Array, length: number): number;
  sendto(
    fd: number,
    data: Uint8Array,
    length: number,
    flags: number,
    to: Uint8Array | null,
    toLength: number,
  ): number;
  recv(fd: number, into: Uint8Array, length: number, flags: number): number;
}

const declarations: Record<keyof Libc, string> = {
  setns: 'int setns(int fd, int kind)',
  unshare: 'int unshare(int kinds)',
  sethostname: 'int sethostname(const char *name, size_t length)',
  mount: 'int mount(const char *source, const char *target, const char *type, ulong flags, const void *data)',
  umount2: 'int umount2(const char *target, int flags)',
  socket: 'int socket(int domain, int type, int protocol)',
  setsockopt: 'int setsockopt(int fd, int level, int name, const void *value, uint length)',
  bind: 'int bind(int fd, const void *address, uint length)',
  sendto: 'long sendto(int fd, const void *data, size_t length, int flags, const void *to, uint toLength)',
  recv: 'long recv(int fd, _Out_ void *into, size_t length, int flags)',
};

let functions: Libc | undefined;

export function libc(): Libc {
  if (functions) return functions;
  const library = koffi().load('libc.so.6');
  const bound = Object.fromEntries(
    Object.entries(declarations).map(([name, declaration]) => [name, library.func(declaration)]),
  );
  functions = bound as unknown as Libc;
  return functions;
}

/** A call into the kernel that failed, with the kernel's reason as `code`: `ENOENT`. */
export class SystemError extends Error {
  readonly code: string;
  readonly errno: number;
  constructor(what: string, errno: number, detail?: string) {
    const code = getSystemErrorName(-errno);
    super(`Cannot ${what}: ${code}${detail ? ` (${detail})` : ''}`);
    this.code = code;
    this.errno = errno;
  }
}

/** Passes a result on, or throws the error that the C library left behind: `checked('open a socket', libc().socket(…))`. */
export function checked(what: string, result: number): number {
  if (result < 0) throw new SystemError(what, koffi().errno());
  return result;
}
