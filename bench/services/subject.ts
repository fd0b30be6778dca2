/** A proxy that is measured, in a process of its own in its node's network. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { compileCache } from '../../src/cluster/paths.ts';
import { checked, koffi } from '../../src/lib/linux/libc.ts';

export interface Subject {
  /** Processor time so far of all its threads, and of the programs that it ran and that have ended. */
  processorMs(): number;
  /** Proportional set size. */
  megabytes(): number;
  isRunning(): boolean;
  end(): Promise<void>;
}

export function startSubject(netns: string, command: readonly string[]): Subject {
  const child = spawn('nsenter', [`--net=${netns}`, ...command], {
    stdio: ['ignore', 'ignore', process.env['BENCH_VERBOSE'] === '1' ? 'inherit' : 'ignore'],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('Cannot start what is to be measured');
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    isRunning,
    processorMs: () => processorMs(pid),
    megabytes: () => megabytes(pid),
    async end() {
      process.off('exit', kill);
      if (!isRunning()) return;
      const gone = once(child, 'exit');
      kill();
      await gone;
    },
  };
}

const processorMs = (pid: number): number => clockOf(pid) + childrenMs(pid);

const CPUCLOCK_SCHED = 2;
const clockGettime = koffi().load('libc.so.6').func('int clock_gettime(int clock, _Out_ void *time)') as (
  clock: number,
  time: Uint8Array,
) => number;

/** clock_getcpuclockid(3): to the nanosecond, where proc(5) counts in hundredths of a second. */
function clockOf(pid: number): number {
  const time = Buffer.alloc(16);
  checked(`read the clock of process ${pid}`, clockGettime((~pid << 3) | CPUCLOCK_SCHED, time));
  return Number(time.readBigInt64LE(0)) * 1e3 + Number(time.readBigInt64LE(8)) / 1e6;
}

/** proc(5): cutime and cstime in hundredths of a second. */
function childrenMs(pid: number): number {
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const fields = rest.split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

export function megabytes(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return (Number(/^Pss: +(\d+)/m.exec(text)?.[1]) * 1_024) / 1e6;
}
