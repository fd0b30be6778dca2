/** What goes through a ClusterIP beside what goes straight to the endpoint, in turns. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../table.ts';
import { clusterIP, endpointOf, endpointsEach, ports } from './objects.ts';
import { answerLength, modes, requestLength } from './responder.ts';
import type { Site } from './site.ts';
import { bytesOf, clientSockets, connect, receiveAll, send } from './sockets.ts';

const sliceMs = 100;
const socketsAtOnce = 200;

/** A figure a slice. */
export interface Pair {
  through: number[];
  direct: number[];
}

export interface Traffic {
  /** One stream, MB/s. */
  stream: Pair;
  /** A request and its answer on a connection that is kept, microseconds. */
  kept: Pair;
  /** A connection of its own for each request, microseconds. */
  fresh: Pair;
}

/** Where the next connection goes. */
type Way = () => Buffer;

const measures = { stream, kept, fresh };

/** The client is this thread, which does nothing else meanwhile. */
export async function measureTraffic(site: Site, service: number, turns: number): Promise<Traffic> {
  const responder = await startResponder(site);
  const endpoints = Array.from({ length: endpointsEach }, (_, k) =>
    bytesOf({ ip: endpointOf(service, k), port: ports.endpoint }),
  );
  const address = bytesOf({ ip: clusterIP(service), port: ports.service });
  const ways: Record<keyof Pair, Way> = {
    through: () => address,
    // The Service has its connections at all of them, too.
    direct: () => endpoints[Math.floor(Math.random() * endpointsEach)] ?? address,
  };
  const pair = (): Pair => ({ through: [], direct: [] });
  const traffic: Traffic = { stream: pair(), kept: pair(), fresh: pair() };
  try {
    for (let turn = 0; turn < turns; turn++)
      for (const kind of ['stream', 'kept', 'fresh'] as const)
        for (const way of inTurn(turn)) traffic[kind][way].push(measures[kind](site.client, ways[way]));
    return traffic;
  } finally {
    const gone = once(responder, 'exit');
    responder.kill('SIGKILL');
    await gone;
  }
}

/** On the whole nobody comes first. */
const inTurn = (turn: number) =>
  turn % 2 === 0 ? (['through', 'direct'] as const) : (['direct', 'through'] as const);

async function startResponder({ server }: Site): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'responder.ts'), [server, String(ports.endpoint)]);
  await once(child, 'message');
  return child;
}

const piece = Buffer.alloc(128 * 1024);
const answer = Buffer.alloc(answerLength);
const [request, wish] = [modes.requests, modes.stream].map((mode) => {
  const bytes = Buffer.alloc(requestLength, 'r');
  bytes[0] = mode;
  return bytes;
}) as [Buffer, Buffer];

function stream(netns: string, to: Way): number {
  return withSockets(netns, 1, ([fd = -1]) => {
    connect(fd, to());
    send(fd, wish);
    const startMs = performance.now();
    let [sent, ms] = [0, 0];
    for (; ms < sliceMs; ms = performance.now() - startMs) {
      send(fd, piece);
      sent += piece.length;
    }
    return sent / 1e3 / ms;
  });
}

function kept(netns: string, to: Way): number {
  return withSockets(netns, 1, ([fd = -1]) => {
    connect(fd, to());
    const times: number[] = [];
    const untilMs = performance.now() + sliceMs;
    while (performance.now() < untilMs) times.push(microseconds(() => ask(fd)));
    return median(times);
  });
}

function fresh(netns: string, to: Way): number {
  const times: number[] = [];
  const untilMs = performance.now() + sliceMs;
  while (performance.now() < untilMs)
    withSockets(netns, socketsAtOnce, (sockets) => {
      for (let fd = sockets.pop(); fd !== undefined; fd = sockets.pop()) times.push(askOn(fd, to()));
    });
  return median(times);
}

/** They are made before the time counts. Those that are left are closed. */
function withSockets<T>(netns: string, count: number, work: (sockets: number[]) => T): T {
  const sockets = clientSockets(netns, count);
  try {
    return work(sockets);
  } finally {
    for (const fd of sockets) closeSync(fd);
  }
}

/** The other side takes one connection at a time: this one ends with the answer. */
function askOn(fd: number, to: Buffer): number {
  try {
    return microseconds(() => {
      connect(fd, to);
      ask(fd);
    });
  } finally {
    closeSync(fd);
  }
}

function ask(fd: number): void {
  send(fd, request);
  if (!receiveAll(fd, answer)) throw new Error('Cannot measure: the connection was cut');
}

function microseconds(work: () => void): number {
  const startMs = performance.now();
  work();
  return (performance.now() - startMs) * 1_000;
}
