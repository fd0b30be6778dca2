/** A DNS server that is measured, in a process of its own on one processor. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundler } from '../../images/build/bundle.ts';
import { packageRoot } from '../../src/cluster/paths.ts';
import { encodeMessage } from '../../src/dns/wire/encode.ts';
import { questionMessage } from '../../src/dns/wire/message.ts';
import { processors } from './processors.ts';

export interface Subject {
  port: number;
  /** Processor time so far, in seconds. */
  cpuSeconds(): number;
  /** Proportional set size. */
  megabytes(): number;
  end(): Promise<void>;
}

/** The default Corefile, on ports of the bench; upstreams there are none. */
export const corefile = (port: number): string => `.:${port} {
  errors
  health 127.0.0.1:${port + 1}
  ready 127.0.0.1:${port + 2}
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    KUBERNETES
    pods insecure
    fallthrough in-addr.arpa ip6.arpa
    ttl 30
  }
  prometheus 127.0.0.1:${port + 3}
  cache 30 {
    disable success cluster.local
    disable denial cluster.local
  }
  loop
  reload
  loadbalance
}
`;

/** As pods of a cluster run it (addons/coredns.yaml): bundled, with a small heap. `directory` is the bench's own. */
export async function ourCommand(directory: string, conf: string, kubeconfig: string): Promise<string[]> {
  symlinkSync(join(packageRoot, 'node_modules'), join(directory, 'node_modules'));
  const { file } = await bundler(directory)(join(packageRoot, 'src/cli/component.ts'));
  return [
    process.execPath,
    '--max-semi-space-size=2',
    file,
    'dns',
    '--conf',
    conf,
    '--kubeconfig',
    kubeconfig,
  ];
}

/** Resolves when it answers for the cluster. */
export async function start(command: readonly string[], port: number): Promise<Subject> {
  const child = spawn('taskset', ['-c', String(processors.server), ...command], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('Cannot start what is to be measured');
  const end = () => ended(child);
  try {
    await answers(port, child);
  } catch (err) {
    await end();
    throw err;
  }
  return { port, end, cpuSeconds: () => cpuSecondsOf(pid), megabytes: () => megabytesOf(pid) };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

const patienceMs = 60_000;
const NOERROR = 0;

async function answers(port: number, child: ChildProcess): Promise<void> {
  const socket = createSocket('udp4');
  let isAnswered = false;
  socket.on('message', (packet) => {
    isAnswered ||= ((packet[3] ?? 15) & 15) === NOERROR && packet.readUInt16BE(6) > 0;
  });
  // Nobody listens yet.
  socket.on('error', () => {});
  const question = encodeMessage(questionMessage(1, 'service-9999.ns-19.svc.cluster.local.', 1));
  try {
    for (const untilMs = Date.now() + patienceMs; !isAnswered && Date.now() < untilMs; await sleep(100)) {
      if (child.exitCode !== null) break;
      socket.send(question, port, '127.0.0.1', () => {});
    }
  } finally {
    socket.close();
  }
  if (!isAnswered) throw new Error('What is to be measured does not answer');
}

/** proc(5): utime and stime in hundredths of a second. */
function cpuSecondsOf(pid: number): number {
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const fields = rest.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function megabytesOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return (Number(/^Pss: +(\d+)/m.exec(text)?.[1]) * 1_024) / 1e6;
}

/** Writes a kubeconfig for a server that asks nobody who they are. */
export function writeKubeconfig(file: string, { server, ca }: { server: string; ca: string }): void {
  const config = {
    'current-context': 'bench',
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    clusters: [
      {
        name: 'bench',
        cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
      },
    ],
    users: [{ name: 'bench', user: {} }],
  };
  writeFileSync(file, JSON.stringify(config));
}
