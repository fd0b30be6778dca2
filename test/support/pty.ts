/** Pseudo-terminals, for programs that want to be watched by a person. */
import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import koffi from 'koffi';

const ioctl = koffi
  .load('libc.so.6')
  .func('int ioctl(int fd, unsigned long request, _Inout_ void *argument)');
const unlock = 0x40045431; // TIOCSPTLCK
const number = 0x80045430; // TIOCGPTN
const setSize = 0x5414; // TIOCSWINSZ

export interface Terminal {
  child: ChildProcess;
  /** What the person sees, and where their keys go. */
  stream: ReadStream;
  resize(columns: number, rows: number): void;
}

export function spawnInTerminal(
  argv: readonly string[],
  options: { env?: NodeJS.ProcessEnv; columns?: number; rows?: number } = {},
): Terminal {
  const { env = process.env, columns = 80, rows = 24 } = options;
  const fd = openSync('/dev/ptmx', 'r+');
  ioctl(fd, unlock, Buffer.alloc(4));
  const name = Buffer.alloc(4);
  ioctl(fd, number, name);
  const resize = (width: number, height: number) => {
    const size = Buffer.alloc(8);
    size.writeUInt16LE(height, 0);
    size.writeUInt16LE(width, 2);
    ioctl(fd, setSize, size);
  };
  resize(columns, rows);
  // Whoever leads a session gets the first terminal that it opens.
  const script = `exec <>/dev/pts/${name.readInt32LE()} >&0 2>&0 "$@"`;
  const child = spawn('setsid', ['sh', '-c', script, 'sh', ...argv], { stdio: 'ignore', env });
  const stream = new ReadStream(fd);
  stream.on('error', () => {}); // EIO: everyone has left
  return { child, stream, resize };
}
