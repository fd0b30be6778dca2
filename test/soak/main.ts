/**
 * A thousand requests a second, each over a new connection, by each way to a Service, while a cluster is scaled, rolled
 * out, drained and partly killed. Prints a table; ends with 1 when one request failed.
 */
import { loadavg } from 'node:os';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import {
  agentsKilled,
  controlPlaneStopped,
  type Disruption,
  drained,
  restReplicas,
  rollingUpdate,
  scaling,
  stuttering,
} from '../support/load/disruptions.ts';
import { percentile } from '../support/load/load.ts';
import { nothing, type Result, startRun } from '../support/load/underLoad.ts';

const name = 'e2e-soak';
/** Several times what it takes. */
const longestMs = 20 * 60_000;
const nodes = 3;
const perSecond = Number(process.env['SOAK_RATE'] ?? 1_000);

const all: Disruption[] = [
  nothing,
  scaling(20),
  rollingUpdate,
  drained((names) => names),
  agentsKilled((names) => names),
  controlPlaneStopped(30_000),
  stuttering(5, 600),
];

const say = (text: string) => process.stdout.write(`${text}\n`);

/** The parts of the name of a disruption that are asked for; all of them when nothing is. */
const wanted = process.argv.slice(2);
const chosen = all.filter(({ name: of }) => wanted.length === 0 || wanted.some((part) => of.includes(part)));

const widths = [36, 10, 10, 8, 10, 10, 10];
const line = (...cells: string[]) =>
  cells.map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))).join('');

function rowOf({ name: what, requests, failures, seconds, latenciesMs }: Result): string {
  const ms = (part: number) => `${percentile(latenciesMs, part).toFixed(1)} ms`;
  return line(what, `${seconds.toFixed(0)} s`, `${requests}`, `${failures}`, ms(0.5), ms(0.99), ms(1));
}

async function soak(cluster: TestCluster): Promise<number> {
  let failures = 0;
  const run = await startRun(cluster, restReplicas, perSecond);
  say(line('WHAT HAPPENED', 'TIME', 'REQUESTS', 'FAILED', 'P50', 'P99', 'MAX'));
  try {
    for (const disruption of chosen) {
      const result = await run.next(disruption);
      failures += result.failures;
      say(rowOf(result));
      for (const text of result.explained) say(`  ${text}`);
    }
  } finally {
    await run.stop();
  }
  return failures;
}

const tooLong = setTimeout(() => {
  say('Cannot wait longer: it is given up');
  process.exit(1);
}, longestMs);
const cluster = await startCluster({ name, nodes });
let failures = 1;
try {
  failures = await soak(cluster);
} finally {
  await cluster.down();
  clearTimeout(tooLong);
}
say(`\n${perSecond} requests a second; the machine's load at the end: ${(loadavg()[0] ?? 0).toFixed(1)}`);
process.exit(failures > 0 ? 1 : 0);
