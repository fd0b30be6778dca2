/** The few system calls that Node has no words for. */
import { closeSync, constants, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { getSystemErrorMessage } from 'node:util';
import koffi from 'koffi';

const libc = koffi.load('libc.so.6');
koffi.struct('iovec', { base: 'void *', length: 'size_t' });
koffi.struct('msghdr', {
  name: 'void *',
  nameLength: 'uint32',
  iov: 'iovec *',
  iovLength: 'size_t',
  control: 'void *',
  controlLength: 'size_t',
  flags: 'int',
});
const pipe2 = libc.func('int pipe2(_Out_ int *fds, int flags)');
const socket = libc.func('int socket(int domain, int type, int protocol)');
const connect = libc.func('int connect(int fd, const void *address, uint32 length)');
const recvmsg = libc.func('int64_t recvmsg(int fd, _Inout_ msghdr *message, int flags)');
const ioctl = libc.func('int ioctl(int fd, unsigned long request, const void *argument)');

const closeOnExec = 0x80000;
const nonBlocking = 0x800;
const unixFamily = 1;
const seqPacket = 5;

const failure = (what: string) => new Error(`Cannot ${what}: ${getSystemErrorMessage(-koffi.errno())}`);

/** A pipe as [end to read, end to write]. Node's own `stdio: 'pipe'` is a socket, and /dev/stderr cannot open that. */
export function pipe(): [number, number] {
  const fds = [-1, -1];
  if (pipe2(fds, closeOnExec) !== 0) throw failure('make a pipe');
  return [fds[0] ?? -1, fds[1] ?? -1];
}

/** A SOCK_SEQPACKET connection to a unix socket, however long its path is (sun_path holds 107 bytes). */
export function connectPackets(path: string): number {
  const directory = openSync(dirname(path), constants.O_DIRECTORY | constants.O_RDONLY);
  try {
    const fd = socket(unixFamily, seqPacket | closeOnExec | nonBlocking, 0) as number;
    if (fd < 0) throw failure('make a socket');
    const address = Buffer.alloc(110);
    address.writeUInt16LE(unixFamily);
    address.write(`/proc/self/fd/${directory}/${basename(path)}`, 2);
    if (connect(fd, address, address.length) === 0) return fd;
    const error = failure(`connect to ${path}`);
    closeSync(fd);
    throw error;
  } finally {
    closeSync(directory);
  }
}

const closeOnExecReceived = 0x40000000;
const headerBytes = 16;

/** A file descriptor that came over a unix socket (SCM_RIGHTS), or nothing if none is there yet. */
export function receiveFd(connection: number): number | undefined {
  const data = Buffer.alloc(4096);
  const control = Buffer.alloc(64);
  const message = {
    name: null,
    nameLength: 0,
    iov: { base: data, length: data.length },
    iovLength: 1,
    control,
    controlLength: control.length,
    flags: 0,
  };
  if (recvmsg(connection, message, closeOnExecReceived) < 0) return undefined;
  if (message.controlLength < headerBytes + 4) return undefined;
  return control.readInt32LE(headerBytes);
}

const setWindowSize = 0x5414; // TIOCSWINSZ

/** Tells a terminal how large it is; whoever runs in it hears SIGWINCH. */
export function resizeTerminal(fd: number, columns: number, rows: number): void {
  const size = Buffer.alloc(8);
  size.writeUInt16LE(rows, 0);
  size.writeUInt16LE(columns, 2);
  ioctl(fd, setWindowSize, size);
}
