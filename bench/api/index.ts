/**
 * The API server alone, in its own process over the embedded store, as clients see it over loopback TLS: rates,
 * latencies, memory, and how long its event loop was held meanwhile.
 */
import type { Row } from '../table.ts';
import { besideIdle } from './idle.ts';
import {
  createConfigMaps,
  createPods,
  getPods,
  type ListForm,
  listPods,
  type Rate,
  writers,
} from './requests.ts';
import type { Told } from './server.ts';
import { Target } from './target.ts';
import { measureWatches } from './watches.ts';

const requests = 10_000;
const objects = 10_000;
const watches = 1_000;
const changes = 1_000;
/** Fifty thousand events a second, which is what the promise is about, not how many there could be. */
const changesPerSecond = 50;
const idle = 10_000;

/** Rows for the table of the bench. */
export async function measureApi(runs: number, step: (what: string) => void): Promise<Row[]> {
  await using target = await Target.start();
  const holds: number[] = [];
  const longest: number[] = [];
  const watched = async <T>(work: () => Promise<T>): Promise<T & Told> => {
    const { result, told } = await target.during(work);
    holds.push(told.p99HoldMs);
    longest.push(told.longestHoldMs);
    return { ...result, ...told };
  };
  const repeated = async <T>(what: string, work: (run: number) => Promise<T>): Promise<T[]> => {
    const all: T[] = [];
    for (let run = 0; run < runs; run++) {
      step(`API server: ${what}, ${run + 1} of ${runs}`);
      all.push(await work(run));
    }
    return all;
  };

  // What has run for a while is what is measured.
  await createConfigMaps(target, 2_000, -1);
  await createPods(target, requests, -1);
  const maps = await repeated('creates', (run) => watched(() => createConfigMaps(target, requests, run)));
  const pods = await repeated('creates of pods', (run) =>
    watched(() => createPods(target, requests / 2, run)),
  );
  await target.fill(objects);
  const gets = await repeated('gets', () => watched(() => getPods(target, requests, objects)));
  const lists: Row[] = [];
  for (const form of ['json', 'gzip', 'Table', 'protobuf', 'selected'] as const) {
    const times = await repeated(`list as ${form}`, () =>
      watched(async () => ({ ms: await listPods(target, form) })),
    );
    lists.push(
      row(
        listNames[form],
        'ms',
        150,
        times.map(({ ms }) => ms),
      ),
    );
  }
  const events = await repeated('watches', (run) =>
    watched(() => measureWatches(target, { count: watches, changes, changesPerSecond, run })),
  );
  step(`API server: ${idle} idle connections`);
  const before = await watched(async () => ({}));
  const beside = await besideIdle(target, idle, () =>
    watched(async () => ({ ms: await listPods(target, 'selected') })),
  );

  return [
    rateRow(`API: creates of a ConfigMap, ${writers} writers`, 5_000, maps),
    latencyRow(`API: p99 of these`, maps),
    row(
      'API: processor time for each of these',
      'ms',
      0.3,
      maps.map(({ processorMs }) => processorMs / requests),
    ),
    rateRow(`API: creates of a pod, ${writers} writers`, 5_000, pods),
    rateRow(`API: gets of a pod, ${writers} readers`, 5_000, gets),
    ...lists,
    rateRow(
      `API: events a second, ${watches} watches, ${changes} changes`,
      watches * changesPerSecond * 0.98,
      events,
    ),
    latencyRow('API: p99 from a write to its event', events),
    row(
      'API: memory (RSS) of the server then',
      'MB',
      1_000,
      events.map((e) => e.residentMegabytes),
    ),
    row(`API: a list of a tenth beside ${idle} idle connections`, 'ms', 150, [beside.ms]),
    row(`API: memory of each of these`, 'KB', 100, [
      ((beside.residentMegabytes - before.residentMegabytes) * 1_000) / idle,
    ]),
    row('API: p99 of the event loop’s hold, all of the above', 'ms', 20, holds),
    row('API: the longest hold in each', 'ms', 20, longest),
  ];
}

const listNames: Readonly<Record<ListForm, string>> = {
  json: `API: list of ${objects} pods, JSON`,
  gzip: `API: list of ${objects} pods, JSON as gzip`,
  Table: `API: list of ${objects} pods, Table`,
  protobuf: `API: list of ${objects} pods, protobuf`,
  selected: `API: list of a tenth of ${objects} pods, by label`,
};

const row = (what: string, unit: Row['unit'], target: number, values: number[]): Row => ({
  ...{ what, unit, target, values },
  peers: [],
});

const rateRow = (what: string, target: number, rates: readonly Rate[]): Row =>
  row(
    what,
    '/s',
    target,
    rates.map(({ perSecond }) => perSecond),
  );

const latencyRow = (what: string, rates: readonly Rate[]): Row => ({
  ...row(
    what,
    'ms',
    1_000,
    rates.map(({ p99Ms }) => p99Ms),
  ),
  peers: [{ name: "Kubernetes' objective", value: 1_000 }],
});
