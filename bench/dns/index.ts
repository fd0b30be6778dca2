/**
 * The DNS server alone, straight at its socket: how many questions one processor answers, how long the slowest wait,
 * how much memory a large cluster needs. CoreDNS is measured beside it where it is there (on the PATH or `COREDNS=`).
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute } from '../../src/lib/exec.ts';
import type { Peer, Row } from '../table.ts';
import { type Answered, dnsperf, isThere } from './dnsperf.ts';
import { questions } from './objects.ts';
import { processors } from './processors.ts';
import { corefile, ourCommand, type Subject, start, writeKubeconfig } from './subject.ts';
import type { Ready } from './world.ts';

const ports = { ours: 25_300, theirs: 25_310, echo: 25_320 };
const seconds = 5;
const steadyPerSecond = 20_000;
const questionCount = 50_000;

interface Figures {
  perSecond: number[];
  cpuSecondsPer100k: number[];
  p99Ms: number[];
  megabytes: number[];
}

/** Rows for the table of the bench; none where dnsperf is missing, which is said. */
export async function measureDns(
  runs: number,
  step: (what: string) => void,
  say: (text: string) => void,
): Promise<Row[]> {
  if (!(await isThere())) {
    say('DNS is not measured: there is no dnsperf (apt-get install dnsperf)');
    return [];
  }
  const directory = mkdtempSync(join(tmpdir(), 'switchboard-bench-dns-'));
  const world = fork(join(import.meta.dirname, 'world.ts'));
  try {
    const [ready] = (await once(world, 'message')) as [Ready];
    const kubeconfig = join(directory, 'kubeconfig');
    writeKubeconfig(kubeconfig, ready);
    const file = join(directory, 'questions');
    writeFileSync(file, questions(questionCount));
    const conf = (port: number, kubernetes: string): string => {
      const path = join(directory, `Corefile-${port}`);
      writeFileSync(path, corefile(port).replace('KUBERNETES', kubernetes));
      return path;
    };
    const command = await ourCommand(directory, conf(ports.ours, ''), kubeconfig);
    const ours = await measured(command, ports.ours, file, runs, (what) => step(`DNS: ${what}`));
    const coredns = await corednsCommand(conf(ports.theirs, `kubeconfig ${kubeconfig}`));
    if (!coredns) say('CoreDNS is not measured beside: it is not on the PATH, and COREDNS= is not set');
    const theirs =
      coredns && (await measured(coredns, ports.theirs, file, runs, (what) => step(`CoreDNS: ${what}`)));
    step('DNS: the floor of this machine');
    return rowsOf(ours, theirs, await floorOf(file));
  } finally {
    world.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function corednsCommand(conf: string): Promise<string[] | undefined> {
  const named = process.env['COREDNS'];
  if (named) return [named, '-conf', conf];
  const { code } = await execute('sh', ['-c', 'command -v coredns'], { timeoutMs: 5_000 });
  return code === 0 ? ['coredns', '-conf', conf] : undefined;
}

async function measured(
  command: readonly string[],
  port: number,
  file: string,
  runs: number,
  step: (what: string) => void,
): Promise<Figures> {
  const figures: Figures = { perSecond: [], cpuSecondsPer100k: [], p99Ms: [], megabytes: [] };
  const subject = await start(command, port);
  const steady = { port, questions: file, seconds, perSecond: steadyPerSecond };
  const load = { port, questions: file, seconds, processor: processors.asker };
  try {
    // What has run for a while is what is measured.
    await dnsperf(load);
    for (let run = 1; run <= runs; run++) {
      step(`as many questions as there can be, ${run} of ${runs}`);
      const { answered, cpuSeconds } = await during(subject, () => dnsperf(load));
      figures.perSecond.push(answered.perSecond);
      figures.cpuSecondsPer100k.push((cpuSeconds / answered.completed) * 100_000);
      step(`${steadyPerSecond} questions a second, ${run} of ${runs}`);
      const { p99Ms = Number.NaN } = await dnsperf(steady);
      figures.p99Ms.push(p99Ms);
      figures.megabytes.push(subject.megabytes());
    }
    return figures;
  } finally {
    await subject.end();
  }
}

async function during(
  subject: Subject,
  work: () => Promise<Answered>,
): Promise<{ answered: Answered; cpuSeconds: number }> {
  const before = subject.cpuSeconds();
  const answered = await work();
  return { answered, cpuSeconds: subject.cpuSeconds() - before };
}

/** What a server that does nothing comes to at the steady rate, in milliseconds. */
async function floorOf(questionsFile: string): Promise<number> {
  const echo = join(import.meta.dirname, 'echo.ts');
  const subject = await start([process.execPath, echo, String(ports.echo)], ports.echo);
  try {
    const load = { port: ports.echo, questions: questionsFile, seconds, perSecond: steadyPerSecond };
    return (await dnsperf(load)).p99Ms ?? Number.NaN;
  } finally {
    await subject.end();
  }
}

/** CoreDNS's own figures: https://github.com/coredns/deployment/blob/master/kubernetes/Scaling_CoreDNS.md */
function rowsOf(ours: Figures, theirs: Figures | undefined, floorMs: number): Row[] {
  const here = (values: readonly number[] | undefined): Peer[] =>
    (values ?? []).slice(-1).map((value) => ({ name: 'CoreDNS here', value }));
  return [
    {
      what: 'DNS answers, one processor, 10,000 Services',
      unit: '/s',
      values: ours.perSecond,
      target: 150_000,
      peers: [...here(theirs?.perSecond), { name: 'CoreDNS on 2, as published', value: 33_669 }],
    },
    {
      what: 'DNS, processor time of 100,000 answers',
      unit: 's',
      values: ours.cpuSecondsPer100k,
      target: 0.67,
      peers: here(theirs?.cpuSecondsPer100k),
    },
    {
      what: `DNS, p99 at ${steadyPerSecond} questions a second`,
      unit: 'ms',
      values: ours.p99Ms,
      target: 1,
      peers: [...here(theirs?.p99Ms), { name: 'an echo, measured alike', value: floorMs }],
    },
    {
      what: 'DNS, memory (PSS) with 10,000 Services and 100,000 endpoints',
      unit: 'MB',
      values: ours.megabytes,
      target: 200,
      peers: [...here(theirs?.megabytes), { name: "CoreDNS's formula", value: 164 }],
    },
  ];
}
