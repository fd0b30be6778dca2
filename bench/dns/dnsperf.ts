/** dnsperf of Debian's packages. https://www.dns-oarc.net/tools/dnsperf */
import { readFileSync } from 'node:fs';
import { execute } from '../../src/lib/exec.ts';

export interface Load {
  port: number;
  /** File of questions. */
  questions: string;
  seconds: number;
  /** As many as there can be when left out. */
  perSecond?: number;
  /** The processor that it may use; any when left out. Its two threads do not share one well at a given rate. */
  processor?: number;
}

export interface Answered {
  perSecond: number;
  completed: number;
  lost: number;
  /** Of those that were asked at a given rate. */
  p99Ms?: number;
}

export const isThere = async (): Promise<boolean> =>
  (await execute('sh', ['-c', 'command -v dnsperf'], { timeoutMs: 5_000 })).code === 0;

export async function dnsperf(load: Load): Promise<Answered> {
  const { port, questions, seconds, perSecond, processor } = load;
  const rate = perSecond === undefined ? '-q 800' : `-Q ${perSecond} -v`;
  const out = `${questions}.out`;
  // Into a file: who waits for a reader of the other end measures that, too.
  const pinned = processor === undefined ? '' : `taskset -c ${processor} `;
  const command = `exec ${pinned}dnsperf -s 127.0.0.1 -p ${port} -d ${questions} -l ${seconds} -c 8 ${rate} > ${out}`;
  const { code, stderr } = await execute('sh', ['-c', command], { timeoutMs: seconds * 1_000 + 30_000 });
  if (code !== 0) throw new Error(`dnsperf failed: ${stderr}`);
  const said = readFileSync(out, 'utf8');
  const number = (pattern: RegExp) => Number(pattern.exec(said)?.[1] ?? Number.NaN);
  return {
    perSecond: number(/Queries per second:\s+([\d.]+)/),
    completed: number(/Queries completed:\s+(\d+)/),
    lost: number(/Queries lost:\s+(\d+)/),
    ...(perSecond !== undefined && { p99Ms: p99Of(said) }),
  };
}

/** `> NOERROR name type 0.000123`, one a question. */
function p99Of(text: string): number {
  const seconds = [...text.matchAll(/^> \S+ \S+ \S+ ([\d.]+)$/gm)].map((match) => Number(match[1]));
  const sorted = Float64Array.from(seconds).sort();
  return (sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN) * 1_000;
}
