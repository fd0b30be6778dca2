/** What was measured, as rows of the bench's table: each figure beside its target and its peers. */
import { median, type Peer, type Row } from '../table.ts';
import type { FirstPackets } from './firstPacket.ts';
import type { Pair, Traffic } from './traffic.ts';

/** Of one proxy. */
export interface Figures {
  name: string;
  loadSeconds: number[];
  /** Of these, those when everything was known. */
  syncSeconds: number[];
  megabytes: number[];
  /** At the same number of Services, from the write to the kernel. */
  latenciesMs: number[];
  /** Processor time for one change, by the number of Services. */
  processorMs: Map<number, number[]>;
  traffic: Traffic;
  /** By size, of ten Services, and of all. */
  ofTen: FirstPackets[];
  ofAll: FirstPackets[];
}

/** Of a direct connection's. */
const reach = 0.97;
const flat = 1.1;
const counted = (count: number): string => count.toLocaleString('en');

export function rowsOf(
  ours: Figures,
  theirs: Figures | undefined,
  agentMegabytes: number[],
  count: number,
): Row[] {
  const upstream = (of: (figures: Figures) => readonly number[] | undefined): Peer => {
    if (!theirs) return { name: 'kube-proxy: not on this machine', value: undefined };
    const values = of(theirs);
    return values?.length
      ? { name: theirs.name, value: median(values) }
      : { name: `${theirs.name}: not measured`, value: undefined };
  };
  return [
    ...trafficRows(ours.traffic, upstream),
    ...firstPacketRows(ours, upstream),
    row(
      `Services: one endpoint of ${counted(count)} × 10 changed, write to kernel, p50`,
      'ms',
      5,
      ours.latenciesMs,
      [upstream((f) => f.latenciesMs)],
    ),
    row('Services: p99 of these', 'ms', 25, [p99(ours.latenciesMs)], [upstream((f) => [p99(f.latenciesMs)])]),
    ...processorRows(ours, upstream),
    row(`Services: load of ${counted(count)} × 10, from the process's start`, 's', 2, ours.loadSeconds, [
      upstream((f) => f.loadSeconds),
    ]),
    row('Services: of that, from the lists to the kernel', 's', 2, ours.syncSeconds, [
      upstream((f) => f.syncSeconds),
    ]),
    row('Services: memory (PSS) of the proxy alone then', 'MB', 250, ours.megabytes, [
      upstream((f) => f.megabytes),
    ]),
    row('Services: memory (PSS) of a whole agent then', 'MB', 250, agentMegabytes, []),
  ];
}

type Upstream = (of: (figures: Figures) => readonly number[] | undefined) => Peer;

function trafficRows(traffic: Traffic, upstream: Upstream): Row[] {
  const names: Record<keyof Traffic, string> = {
    stream: 'a stream through a ClusterIP',
    kept: 'a request through a ClusterIP, connection kept',
    fresh: 'a request through a ClusterIP, new connection',
  };
  return (['stream', 'kept', 'fresh'] as const).map((kind) => {
    const { through, direct }: Pair = traffic[kind];
    const beside = median(direct);
    const unit = kind === 'stream' ? 'MB/s' : 'µs';
    const target = kind === 'stream' ? beside * reach : beside / reach;
    return row(`Services: ${names[kind]}`, unit, target, through, [
      { name: 'pod to pod, direct', value: beside },
      upstream((f) => f.traffic[kind].through),
    ]);
  });
}

function firstPacketRows({ ofTen, ofAll }: Figures, upstream: Upstream): Row[] {
  const rows = (
    all: readonly FirstPackets[],
    which: string,
    find: (f: Figures) => readonly FirstPackets[],
  ) => {
    const [smallest, ...others] = all;
    const base = median(smallest?.through ?? []);
    return others.map(({ count, through, direct }) =>
      row(`Services: a connection made, to ${which} of ${counted(count)}`, 'µs', base * flat, through, [
        { name: `of ${smallest?.count}`, value: base },
        { name: 'direct, to as many', value: median(direct) },
        upstream((f) => find(f).find((other) => other.count === count)?.through),
      ]),
    );
  };
  return [...rows(ofTen, '10', (f) => f.ofTen), ...rows(ofAll, 'any', (f) => f.ofAll)];
}

function processorRows({ processorMs }: Figures, upstream: Upstream): Row[] {
  const [first, ...others] = processorMs;
  const base = median(first?.[1] ?? []);
  return others.map(([count, of]) =>
    row(`Services: processor time for that at ${counted(count)}`, 'ms', base * flat, of, [
      { name: `at ${first?.[0]}`, value: base },
      upstream((f) => f.processorMs.get(count)),
    ]),
  );
}

const row = (what: string, unit: Row['unit'], target: number, values: number[], peers: Peer[]): Row => ({
  ...{ what, unit, target, values },
  peers,
});

export const p99 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * 0.99)] ?? Number.NaN;
