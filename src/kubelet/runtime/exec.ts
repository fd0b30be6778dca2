/** One more process in a running container. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, Socket } from 'node:net';
import { join } from 'node:path';
import { PassThrough, type Readable, Writable } from 'node:stream';
import { ReadStream as TerminalStream } from 'node:tty';
import { readIfThere } from '../../lib/files.ts';
import type { Session } from '../contract.ts';
import type { Crun } from './crun.ts';
import { laterProcess, type Process } from './laterProcess.ts';
import { pipe, receiveFd, resizeTerminal } from './libc.ts';

interface Where {
  crun: Crun;
  /** The container's own directory. */
  bundle: string;
  /** For sockets and pid files that live as long as the exec; a short path (sun_path holds 107 bytes). */
  directory: string;
}

export async function exec(
  where: Where,
  id: string,
  argv: string[],
  { tty, stdin }: { tty: boolean; stdin: boolean },
): Promise<Session> {
  const name = join(where.directory, randomBytes(6).toString('hex'));
  const [pidFile, logFile, processFile] = [`${name}.pid`, `${name}.log`, `${name}.json`];
  writeFileSync(processFile, JSON.stringify(laterProcess(firstProcess(where.bundle), argv, tty)));
  const call = (options: string[]) => [
    ...where.crun.globalArguments,
    `--log=${logFile}`,
    'exec',
    `--pid-file=${pidFile}`,
    `--process=${processFile}`,
    ...options,
    id,
  ];
  const session = tty
    ? await onTerminal(where.crun, call, `${name}.sock`, stdin)
    : onPipes(where.crun, call([]), stdin);
  const kill = () => {
    try {
      process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
    } catch {
      session.child.kill('SIGKILL'); // not that far yet, or ended already
    }
  };
  let over = false;
  const exit = finished(session)
    .then((code) => (code === runtimeFailed && !existsSync(pidFile) ? whyNot(logFile) : code))
    .finally(() => {
      over = true;
      for (const file of [pidFile, logFile, processFile]) rmSync(file, { force: true });
    });
  // An exec whose end nobody waits for is no failure of ours.
  exit.catch(() => {});
  return {
    ...(session.stdin && { stdin: session.stdin }),
    stdout: session.stdout,
    ...(session.stderr && { stderr: session.stderr }),
    resize: session.resize,
    exit,
    close() {
      if (!over) kill();
      for (const stream of [session.stdin, session.stdout, session.stderr]) stream?.destroy();
    },
  };
}

const firstProcess = (bundle: string): Process =>
  (JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8')) as { process: Process }).process;

/** crun's own exit code, which a command may have as well; but then there was a process. */
const runtimeFailed = 255;
const notFound = 127;
const notExecutable = 126;

/** As shells tell it. Why it is so, crun has said on stderr. */
const whyNot = (logFile: string): number =>
  /not found|No such file/.test(readIfThere(logFile)) ? notFound : notExecutable;

interface Running {
  child: ChildProcess;
  stdin?: Writable;
  stdout: Readable;
  stderr?: Readable;
  /** What the process holds open and writes to. */
  sources: Socket[];
  resize: (columns: number, rows: number) => void;
}

/** Real pipes: what runs inside may open /dev/stdin and /dev/stderr, which a socket would not let it. */
function onPipes(crun: Crun, args: string[], withStdin: boolean): Running {
  const input = withStdin ? pipe() : undefined;
  const output = pipe();
  const error = pipe();
  const child = spawn(crun.program, args, { stdio: [input?.[0] ?? 'ignore', output[1], error[1]] });
  for (const fd of [input?.[0], output[1], error[1]]) if (fd !== undefined) closeSync(fd);
  const reading = (fd: number) => quiet(new Socket({ fd, readable: true, writable: false }));
  const [stdout, stderr] = [reading(output[0]), reading(error[0])];
  return {
    child,
    sources: [stdout, stderr],
    ...(input && { stdin: quiet(new Socket({ fd: input[1], readable: false, writable: true })) }),
    stdout,
    stderr,
    resize() {},
  };
}

/** crun makes the terminal inside the container and hands its other end over a socket. */
async function onTerminal(
  crun: Crun,
  call: (options: string[]) => string[],
  socketPath: string,
  withStdin: boolean,
): Promise<Running> {
  const received = Promise.withResolvers<number>();
  let isConnected = false;
  const server = createServer({ pauseOnConnect: true }, (connection) => {
    isConnected = true;
    void terminalFrom(connection).then(received.resolve, received.reject);
  });
  await new Promise<void>((listening) => server.listen(socketPath, listening));
  const child = spawn(crun.program, call([`--console-socket=${socketPath}`]), {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.on('error', received.reject);
  // What it handed over before it ended may be taken after the news of its end.
  const endedWithout = () => {
    if (!isConnected) received.reject(new Error(said.trim() || 'crun ended without a terminal'));
  };
  child.on('close', () => setImmediate(endedWithout));
  try {
    const fd = await received.promise;
    const terminal = quiet(new TerminalStream(fd) as unknown as Socket);
    return {
      child,
      ...(withStdin && { stdin: keyboard(terminal) }),
      stdout: screen(terminal),
      sources: [terminal],
      resize: (columns, rows) => {
        if (!terminal.destroyed) resizeTerminal(fd, columns, rows);
      },
    };
  } finally {
    server.close();
    rmSync(socketPath, { force: true });
  }
}

/** A terminal has no end of input of its own (its user types ^D): the stream ends and the terminal stays. */
const keyboard = (terminal: Socket) =>
  new Writable({ write: (chunk: Buffer, _, done) => void terminal.write(chunk, done) }).on('error', () => {});

/** A terminal that everyone has left says EIO; to a reader that is the end. */
function screen(terminal: Socket): Readable {
  const output = new PassThrough();
  terminal.pipe(output);
  terminal.on('close', () => output.end());
  return output;
}

const patienceMs = 2_000;

async function terminalFrom(connection: Socket): Promise<number> {
  const handle = (connection as unknown as { _handle: { fd: number } })._handle;
  const until = Date.now() + patienceMs;
  while (Date.now() < until) {
    const fd = receiveFd(handle.fd);
    if (fd !== undefined) {
      connection.destroy();
      return fd;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  connection.destroy();
  throw new Error('Cannot get a terminal: crun did not hand it over');
}

/** A stream whose other side goes away ends; nobody has to listen for the error. */
function quiet(stream: Socket): Socket {
  return stream.on('error', () => {});
}

/** The exit code, once all that was printed has been read. */
async function finished({ child, sources, stdout, stderr }: Running): Promise<number> {
  const code = await new Promise<number>((resolve, reject) => {
    const over = (exitCode: number | null, signal: NodeJS.Signals | null) =>
      resolve(exitCode ?? (signal ? 137 : 1));
    if (child.exitCode !== null || child.signalCode !== null) return over(child.exitCode, child.signalCode);
    child.on('error', (cause) => reject(new Error(`Cannot start crun: ${cause.message}`)));
    child.on('exit', over);
    return undefined;
  });
  const hurry = setInterval(leaveSilent(sources), silentMs);
  await Promise.all([ended(stdout), stderr ? ended(stderr) : undefined]);
  clearInterval(hurry);
  return code;
}

const silentMs = 250;

/**
 * Whoever the process left behind in the background may hold its output open for ever: output that stays
 * silent for a while, and has been read, is taken to have ended.
 */
function leaveSilent(sources: Socket[]): () => void {
  const before = new Map<Socket, number>();
  return () => {
    for (const source of sources) {
      const silent = before.get(source) === source.bytesRead && source.readableLength === 0;
      if (silent && !source.readableEnded) {
        source.push(null);
        source.read(0);
      }
      before.set(source, source.bytesRead);
    }
  };
}

function ended(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      resolve();
      stream.destroy();
    };
    if (stream.readableEnded || stream.destroyed) return done();
    stream.once('end', done).once('close', done);
  });
}
