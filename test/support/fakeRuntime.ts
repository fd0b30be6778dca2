/** Containers that are ordinary processes of this machine: enough for everything that streams. */
import { type ChildProcess, spawn } from 'node:child_process';
import { PassThrough, type Readable, Writable } from 'node:stream';
import type { ContainerRecord, ContainerRuntime, Session } from '../../src/kubelet/contract.ts';
import { spawnInTerminal } from './pty.ts';

const unused = () => Promise.reject(new Error('Cannot do that: this runtime only streams'));

export class FakeRuntime implements ContainerRuntime {
  readonly records = new Map<string, ContainerRecord>();
  /** What attach joins: the first processes. */
  readonly first = new Map<string, ChildProcess>();
  /** What exec started. */
  readonly started: ChildProcess[] = [];
  #listeners: ((record: ContainerRecord) => void)[] = [];

  add(own: Partial<ContainerRecord> & Pick<ContainerRecord, 'name'>): ContainerRecord {
    const record: ContainerRecord = {
      id: `${own.podName}-${own.name}-${own.attempt ?? 0}`,
      podUid: '',
      podName: '',
      podNamespace: 'default',
      attempt: 0,
      imageReference: '',
      imageId: '',
      logPath: '',
      tty: false,
      stdin: false,
      stopSignal: 'SIGTERM',
      state: 'running',
      createdAtMs: 0,
      ...own,
    };
    this.records.set(record.id, record);
    return record;
  }

  /** A container whose first process can be attached to. */
  run(record: ContainerRecord, argv: readonly string[]): ChildProcess {
    const [program = '', ...args] = argv;
    const child = spawn(program, args, { stdio: 'pipe' });
    child.on('exit', (code) => this.end(record.id, code ?? 137));
    this.first.set(record.id, child);
    return child;
  }

  end(id: string, exitCode: number): void {
    const record = this.records.get(id);
    if (!record) return;
    const ended: ContainerRecord = { ...record, state: 'exited', exitCode };
    this.records.set(id, ended);
    for (const listener of this.#listeners) listener(ended);
  }

  create = unused;
  start = unused;
  signal = unused;
  remove = unused;
  reopenLog = unused;
  list = async () => [...this.records.values()];
  stats = async () => ({ cpuNanoseconds: 1_500_000_000, memoryBytes: 4096 });
  nodeStats = async () => ({ cpuNanoseconds: 9_000_000_000, memoryBytes: 65_536 });

  onExit(listener: (record: ContainerRecord) => void): void {
    this.#listeners.push(listener);
  }

  async exec(
    _id: string,
    argv: string[],
    { tty, stdin }: { tty: boolean; stdin: boolean },
  ): Promise<Session> {
    if (tty) return this.#inTerminal(argv);
    const [program = '', ...args] = argv;
    const child = spawn(program, args, { stdio: [stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'] });
    this.started.push(child);
    return sessionOf(child, stdin, () => child.kill('SIGKILL'));
  }

  async attach(id: string, { stdin }: { stdin: boolean }): Promise<Session> {
    const child = this.first.get(id);
    if (!child) throw new Error('Cannot attach: there is no process');
    return sessionOf(child, stdin, () => {});
  }

  #inTerminal(argv: readonly string[]): Session {
    const { child, stream, resize } = spawnInTerminal(argv);
    this.started.push(child);
    const stdout = new PassThrough();
    stream.pipe(stdout);
    stream.on('close', () => stdout.end());
    return {
      stdin: new Writable({ write: (chunk: Buffer, _, done) => void stream.write(chunk, done) }),
      stdout,
      resize,
      exit: ended(child, [stdout]),
      close: () => void child.kill('SIGKILL'),
    };
  }
}

function sessionOf(child: ChildProcess, withStdin: boolean, close: () => void): Session {
  const { stdin, stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('Cannot stream: there is no output');
  stdin?.on('error', () => {});
  return {
    ...(withStdin && stdin && { stdin }),
    stdout,
    stderr,
    resize() {},
    exit: ended(child, [stdout, stderr]),
    close,
  };
}

async function ended(child: ChildProcess, outputs: Readable[]): Promise<number> {
  const over = outputs.map(
    (output) =>
      new Promise<void>((resolve) => void output.once('end', () => resolve()).once('close', () => resolve())),
  );
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    if (child.exitCode !== null) resolve(child.exitCode);
    child.once('exit', (exitCode) => resolve(exitCode ?? 137));
  });
  await Promise.all(over);
  return code;
}
