/** One thread for slow text, started when it is needed first, and gone again when it was not for a while. */
import { Worker } from 'node:worker_threads';
import { badRequest, StatusError } from '../../../api/errors.ts';
import type { Done, Job } from './worker.ts';

/** A body that takes longer was made to. */
const timeoutMs = 20_000;
const idleMs = 30_000;

interface Waiting {
  resolve: (done: Done) => void;
  reject: (err: Error) => void;
  timer: NodeJS.Timeout;
}

/** The thread's code lies beside this file, as source or bundled. */
const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './textWorker.mjs',
  import.meta.url,
);

let worker: Worker | undefined;
let idle: NodeJS.Timeout | undefined;
let jobs = 0;
const waiting = new Map<number, Waiting>();

/** Rejects with a `StatusError` for a body that cannot be read. */
export function inThread(job: Job['job'], text: string): Promise<Done> {
  clearTimeout(idle);
  const thread = (worker ??= start());
  thread.ref();
  const id = ++jobs;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(badRequest('Cannot read the body: it takes too long')), timeoutMs);
    waiting.set(id, { resolve, reject, timer });
    thread.postMessage({ id, job, text } satisfies Job);
  });
}

function start(): Worker {
  const thread = new Worker(workerFile, {
    // Flags of the process (`--test`, `--eval`) are not meant for this thread.
    execArgv: [],
    // A body that unfolds into more ends the thread, not the server.
    resourceLimits: { maxOldGenerationSizeMb: 384 },
  });
  thread.on('message', settle);
  thread.on('error', () => end(badRequest('Cannot read the body: it takes too much memory'), thread));
  return thread;
}

function settle(done: Done): void {
  const job = waiting.get(done.id);
  if (!job) return;
  waiting.delete(done.id);
  clearTimeout(job.timer);
  if (done.refused) job.reject(StatusError.from(done.refused));
  else if (done.failed !== undefined) job.reject(new Error(done.failed));
  else job.resolve(done);
  if (waiting.size === 0) rest();
}

function rest(): void {
  worker?.unref();
  idle = setTimeout(() => end(new Error('the thread has ended')), idleMs).unref();
}

/** All that wait are told; the next job starts another thread. */
function end(err: Error, which = worker): void {
  if (which !== worker) return;
  const ended = worker;
  worker = undefined;
  for (const job of waiting.values()) {
    clearTimeout(job.timer);
    job.reject(err);
  }
  waiting.clear();
  void ended?.terminate();
}
