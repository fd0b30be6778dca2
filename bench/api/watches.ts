/** Many watches of the same resource, each of which hears of every change. */
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile, type Rate } from './requests.ts';
import { roundTrip, type Target } from './target.ts';

const perConnection = 50;
const path = '/api/v1/namespaces/default/configmaps';
const mark = Buffer.from('"sent":"');
const markDigits = 13;

interface Plan {
  count: number;
  changes: number;
  changesPerSecond: number;
  /** Each has an object of its own. */
  run: number;
}

/** Events a second, and the time from the beginning of a write until a watch has it. */
export async function measureWatches(
  target: Target,
  { count, changes, changesPerSecond, run }: Plan,
): Promise<Rate> {
  const name = `watched-${run}`;
  const sessions: ClientHttp2Session[] = [];
  const latencies: number[] = [];
  let heard = 0;
  let tell = () => {};
  const all = new Promise<void>((resolve) => (tell = resolve));
  for (let i = 0; i < count; i++) {
    if (i % perConnection === 0) sessions.push(await target.session());
    const stream = sessions
      .at(-1)
      ?.request({ ':path': `${path}?watch=true&fieldSelector=metadata.name%3D${name}` });
    if (stream) {
      await follow(stream, (sentMs) => {
        latencies.push(Date.now() - sentMs);
        if (++heard === count * changes) tell();
      });
    }
  }
  const writer = await target.session();
  const startMs = performance.now();
  await write(writer, name, changes, changesPerSecond);
  await Promise.race([all, sleep(120_000)]);
  const seconds = (performance.now() - startMs) / 1000;
  for (const session of [...sessions, writer]) session.destroy();
  if (heard < count * changes)
    throw new Error(`Cannot measure watches: ${heard} of ${count * changes} events came`);
  return { perSecond: heard / seconds, p99Ms: percentile(latencies, 99) };
}

function follow(stream: ClientHttp2Stream, onEvent: (sentMs: number) => void): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      const at = bytes.indexOf(mark, from) + mark.length;
      onEvent(Number(bytes.toString('latin1', at, at + markDigits)));
      from = end + 1;
    }
    rest = bytes.subarray(from);
  });
  stream.on('error', () => {});
  return new Promise((resolve) => stream.once('response', () => resolve()));
}

async function write(
  session: ClientHttp2Session,
  name: string,
  changes: number,
  perSecond: number,
): Promise<void> {
  const startMs = performance.now();
  for (let i = 0; i < changes; i++) {
    const body = JSON.stringify({
      metadata: { name },
      data: { sent: String(Date.now()), text: 'x'.repeat(500) },
    });
    const json = { 'content-type': 'application/json' };
    await (i === 0
      ? roundTrip(session, { ':method': 'POST', ':path': path, ...json }, body)
      : roundTrip(session, { ':method': 'PUT', ':path': `${path}/${name}`, ...json }, body));
    const aheadMs = ((i + 1) / perSecond) * 1000 - (performance.now() - startMs);
    if (aheadMs > 1) await sleep(aheadMs);
  }
}
