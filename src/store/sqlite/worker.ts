/** The thread that waits for the disk, so that the event loop does not. */
import { parentPort, workerData } from 'node:worker_threads';
import type { LogRecord } from '../persister.ts';
import { openLog } from './log.ts';
import type { Encryption } from './seal.ts';

export interface WorkerData {
  path: string;
  encryption?: Encryption;
}

export type Request = { append: readonly LogRecord[] } | { compact: number } | { close: true };
/** Answers come in the order of the requests; the first says that the log is open. */
export interface Reply {
  error?: string;
}

const { path, encryption } = workerData as WorkerData;
const log = openLog(path, encryption);

parentPort?.on('message', (request: Request) => parentPort?.postMessage(answer(request)));
parentPort?.postMessage({} satisfies Reply);

function answer(request: Request): Reply {
  try {
    if ('append' in request) log.append(request.append);
    else if ('compact' in request) log.compact(request.compact);
    else {
      log.close();
      parentPort?.unref();
    }
    return {};
  } catch (err) {
    return { error: (err as Error).message };
  }
}
