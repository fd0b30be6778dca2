/**
 * HAProxy as a child, in its master-worker mode: a signal makes the master start a worker by the new files, which takes
 * the listening sockets over; the old one ends when its connections do. No request meets a closed door.
 * https://docs.haproxy.org/2.6/management.html
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { dirname, join } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import { execute } from '../lib/exec.ts';
import type { Files } from './configuration.ts';

export interface ProxyOptions {
  directory: string;
  /** `haproxy`, or where it is. */
  program: string;
  clock: Clock;
  /** The proxy ended, and nobody asked it to. */
  onExit: (code: number | null) => void;
}

export interface Proxy {
  /** Works by these files when it resolves. Rejects with the proxy's own words, and goes on by the old ones. */
  load(files: Files, revision: string): Promise<void>;
  /** Changes servers of what is loaded. Rejects when the proxy does not take a command. */
  tell(commands: readonly string[]): Promise<void>;
  /** Lets open requests end. */
  stop(): Promise<void>;
}

const patienceMs = 10_000;
const pollMs = 5;
const tellAgainMs = 1_000;
/** A line on the socket must fit the proxy's buffer. */
const commandsAtOnce = 50;

export function haproxy({ directory, program, clock, onExit }: ProxyOptions): Proxy {
  const socket = join(directory, 'admin.sock');
  const configuration = join(directory, 'haproxy.cfg');
  const written = new Map<string, string>();
  let master: ChildProcess | undefined;

  async function load(files: Files, revision: string): Promise<void> {
    await write(directory, files, written);
    const { code, stdout, stderr } = await execute(program, ['-c', '-f', configuration]);
    if (code !== 0) throw new Error(`Cannot load the configuration: ${(stderr || stdout).trim()}`);
    const running = master;
    running?.kill('SIGUSR2');
    master ??= start();
    await works(revision, () => running?.kill('SIGUSR2'));
    await clean(directory, files, written);
  }

  /** A master that is still busy with the reload before this one forgets the signal: it is told again. */
  async function works(revision: string, tellAgain: () => void): Promise<void> {
    const askedAt = clock.now();
    let toldAt = askedAt;
    while (!(await ask(socket, 'show info').catch(() => '')).includes(`description: ${revision}\n`)) {
      const now = clock.now();
      if (now - askedAt > patienceMs)
        throw new Error(`Cannot wait longer for the proxy to load revision ${revision}`);
      if (now - toldAt > tellAgainMs) {
        tellAgain();
        toldAt = now;
      }
      await clock.sleep(pollMs);
    }
  }

  function start(): ChildProcess {
    const child = spawn(program, ['-W', '-db', '-f', configuration], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('error', () => onExit(null));
    child.on('exit', (code) => master && onExit(code));
    return child;
  }

  return {
    load,
    async tell(commands) {
      for (let from = 0; from < commands.length; from += commandsAtOnce) {
        const said = await ask(socket, commands.slice(from, from + commandsAtOnce).join(';'));
        if (/no such|require|unknown|invalid|denied|error/i.test(said))
          throw new Error(`Cannot change servers: ${said.trim()}`);
      }
    },
    async stop() {
      const child = master;
      master = undefined;
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGUSR1');
      await once(child, 'exit');
    },
  };
}

async function write(directory: string, files: Files, written: Map<string, string>): Promise<void> {
  for (const [name, text] of files) {
    if (written.get(name) === text) continue;
    const file = join(directory, name);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(`${file}.new`, text, { mode: 0o600 });
    await rename(`${file}.new`, file);
    written.set(name, text);
  }
}

/** Certificates that nothing shows any more. */
async function clean(directory: string, files: Files, written: Map<string, string>): Promise<void> {
  for (const name of await readdir(join(directory, 'certificates'))) {
    if (files.has(`certificates/${name}`)) continue;
    await rm(join(directory, 'certificates', name));
    written.delete(`certificates/${name}`);
  }
}

function ask(path: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(path);
    const chunks: Buffer[] = [];
    socket.setTimeout(patienceMs, () => socket.destroy(new Error('the proxy does not answer')));
    socket.on('connect', () => socket.write(`${command}\n`));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
  });
}
