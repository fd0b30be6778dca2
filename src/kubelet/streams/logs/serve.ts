/** `GET /containerLogs/{namespace}/{pod}/{container}` */

import { type FileHandle, open } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../../lib/clock.ts';
import { containerWithLog, podNamed } from '../containers.ts';
import type { PodDirectory } from '../podDirectory.ts';
import { Refusal } from '../refusal.ts';
import type { OnEnd } from './exits.ts';
import { watchLog } from './live.ts';
import { parseLogQuery } from './query.ts';
import { logText } from './read.ts';

export interface LogDeps {
  pods: PodDirectory;
  exits: OnEnd;
  clock: Clock;
}

export async function serveLog(
  { namespace, pod: podName, container }: { namespace: string; pod: string; container: string },
  parameters: URLSearchParams,
  response: ServerResponse,
  { pods, exits, clock }: LogDeps,
): Promise<void> {
  const query = parseLogQuery(parameters, clock.now());
  const pod = podNamed(pods, namespace, podName);
  const record = containerWithLog(pod, pods.containers(namespace, podName), container, query.previous);
  const file = await opened(record.logPath, clock).catch((err: Error) => {
    throw new Refusal(500, `failed to open the log of container "${container}": ${err.message}`);
  });
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const live = query.follow ? await watchLog(record, exits, gone.signal) : undefined;
  try {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
    response.flushHeaders();
    await pipeline(logText(file, record.logPath, query, live), response);
  } catch (err) {
    if (!gone.signal.aborted) throw err;
  } finally {
    live?.stop();
  }
}

const rotationMs = 50;

/** In the middle of a rotation there is no file of this name for a moment. */
function opened(path: string, clock: Clock): Promise<FileHandle> {
  return open(path).catch(async () => {
    await clock.sleep(rotationMs);
    return open(path);
  });
}
