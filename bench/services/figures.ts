/** All figures of one proxy: each number of Services has a node and an API server of its own. */
import type { World } from '../../test/support/world.ts';
import { changeMany } from './change.ts';
import { Cluster } from './cluster.ts';
import { firstPackets, type RuleSet } from './firstPacket.ts';
import { type Loaded, load, removeRules } from './load.ts';
import { Notices } from './notices.ts';
import type { Proxy } from './proxies.ts';
import type { Figures } from './rows.ts';
import { addSite, type Site } from './site.ts';
import { measureTraffic } from './traffic.ts';

const changeRounds = 6;
const changesARound = 60;
const trafficTurns = 24;
const packetTurns = 60;
/** As many as the smallest set has. */
const called = 10;

export interface Plan {
  world: World;
  /** By their number of Services. */
  clusters: ReadonlyMap<number, Cluster>;
  sizes: { packets: readonly number[]; change: readonly number[]; count: number };
  /** A set of rules for the kernel alone. */
  largest?: number;
  runs: number;
  step: (what: string) => void;
}

interface Running {
  cluster: Cluster;
  site: Site;
  /** One a run; the last one's process runs. */
  loads: Loaded[];
}

export async function figuresOf(proxy: Proxy, plan: Plan): Promise<Figures> {
  const { world, clusters, sizes, step, runs } = plan;
  const running = new Map<number, Running>();
  const say = (what: string) => step(`${proxy.name}, ${what}`);
  try {
    for (const [size, cluster] of clusters) {
      say(`load of ${size}`);
      running.set(size, await loadMany(world, cluster, proxy, size === sizes.count ? runs : 1));
    }
    const changes = await measureChanges(running, sizes.change, say);
    for (const { loads } of running.values()) await loads.at(-1)?.subject.end();
    const most = plan.largest ? await leaveRules(plan, plan.largest, proxy) : [];
    const sets = [...sizes.packets.flatMap((size) => setOf(running.get(size))), ...most];
    const main = running.get(sizes.count);
    if (!main) throw new Error(`Cannot measure: there is no API server with ${sizes.count} Services`);
    say('traffic');
    return {
      name: proxy.name,
      loadSeconds: main.loads.map(({ seconds }) => seconds),
      syncSeconds: main.loads.map(({ syncSeconds }) => syncSeconds),
      megabytes: main.loads.map(({ megabytes }) => megabytes),
      latenciesMs: changes.latenciesMs.get(sizes.count) ?? [],
      processorMs: changes.processorMs,
      traffic: await measureTraffic(main.site, 0, trafficTurns),
      ofTen: firstPackets(sets, called, packetTurns),
      ofAll: firstPackets(sets, Infinity, packetTurns),
    };
  } finally {
    for (const { loads } of running.values()) await loads.at(-1)?.subject.end();
  }
}

const setOf = (running: Running | undefined): RuleSet[] =>
  running ? [{ site: running.site, count: running.cluster.count }] : [];

async function loadMany(world: World, cluster: Cluster, proxy: Proxy, runs: number): Promise<Running> {
  const site = await addSite(world);
  await cluster.addNode(site);
  const loads = [await load(world, cluster, site, proxy)];
  while (loads.length < runs) {
    await loads.at(-1)?.subject.end();
    await removeRules(site, proxy);
    loads.push(await load(world, cluster, site, proxy));
  }
  return { cluster, site, loads };
}

/** Rules stay when their proxy ends. */
async function leaveRules({ world, step }: Plan, size: number, proxy: Proxy): Promise<RuleSet[]> {
  step(`an API server with ${size}, and rules of it`);
  await using cluster = await Cluster.start(world, size);
  const { site, loads } = await loadMany(world, cluster, proxy, 1);
  await loads[0]?.subject.end();
  return [{ site, count: size }];
}

async function measureChanges(
  running: ReadonlyMap<number, Running>,
  sizes: readonly number[],
  say: (what: string) => void,
) {
  const latenciesMs = new Map(sizes.map((size): [number, number[]] => [size, []]));
  const processorMs = new Map(sizes.map((size): [number, number[]] => [size, []]));
  // The first round is for what has to be compiled.
  for (let round = 0; round <= changeRounds; round++) {
    say(`changes, ${round} of ${changeRounds}`);
    for (const size of sizes) {
      const { cluster, site, loads } = running.get(size) ?? {};
      const subject = loads?.at(-1)?.subject;
      if (!cluster || !site || !subject) continue;
      await using notices = new Notices(site.node.netns);
      const changed = await changeMany(cluster, subject, notices, changesARound);
      if (round === 0) continue;
      latenciesMs.get(size)?.push(...changed.latenciesMs);
      processorMs.get(size)?.push(changed.processorMs);
    }
  }
  return { latenciesMs, processorMs };
}
