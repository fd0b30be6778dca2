/** The embedded default: the engine over one SQLite file, written by a thread of its own. */
import { Worker } from 'node:worker_threads';
import type { Store } from '../contract.ts';
import { Engine, type EngineOptions } from '../engine.ts';
import type { Persister } from '../persister.ts';
import { openLog } from './log.ts';
import type { Encryption } from './seal.ts';
import type { Reply, Request, WorkerData } from './worker.ts';

export interface SqliteOptions extends EngineOptions {
  /** What is not to be read from the disk; without it everything is. */
  encryption?: Encryption;
}

/**
 * Opens or makes the store in the file at `path`. What was acknowledged before is there again, with the
 * recent history, so that watches go on over a restart. Rejects when another process has it open.
 */
export async function openSqlite(path: string, options: SqliteOptions = {}): Promise<Store> {
  const { encryption } = options;
  const log = openLog(path, encryption);
  let engine: Engine;
  const writer = new LogWriter({ path, ...(encryption && { encryption }) });
  try {
    log.reseal();
    engine = new Engine(writer, log.load(), options);
  } finally {
    log.close();
  }
  await writer.open();
  await engine.removeExpired();
  return engine;
}

/** The thread's code lies beside this file, as source or bundled. */
const workerFile = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.mjs', import.meta.url);

class LogWriter implements Persister {
  readonly #data: WorkerData;
  #worker: Worker | undefined;
  #waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  #broken: Error | undefined;

  constructor(data: WorkerData) {
    this.#data = data;
  }

  /** Resolves when the thread has the file. */
  open(): Promise<void> {
    this.#worker = new Worker(workerFile, {
      workerData: this.#data,
      // Flags of the process (`--test`, `--eval`) are not meant for this thread.
      execArgv: [],
      // It only passes rows through; the biggest transaction must fit, nothing else.
      resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 4 },
    });
    const opened = this.#reply();
    this.#worker.on('message', (reply: Reply) => this.#settle(reply));
    this.#worker.on('error', (err) => this.#break(err as Error));
    this.#worker.on('exit', () => this.#break(new Error('the thread that writes the log has ended')));
    return opened;
  }

  append(records: Parameters<Persister['append']>[0]): Promise<void> {
    return this.#ask({ append: records });
  }

  compact(revision: number): Promise<void> {
    return this.#ask({ compact: revision });
  }

  async close(): Promise<void> {
    if (this.#broken) return;
    await this.#ask({ close: true });
    await this.#worker?.terminate();
  }

  #ask(request: Request): Promise<void> {
    if (this.#broken) return Promise.reject(this.#broken);
    this.#worker?.postMessage(request);
    return this.#reply();
  }

  #reply(): Promise<void> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #settle(reply: Reply): void {
    const next = this.#waiting.shift();
    if (reply.error === undefined) next?.resolve();
    else next?.reject(new Error(reply.error));
  }

  #break(cause: Error): void {
    this.#broken ??= cause;
    for (const { reject } of this.#waiting) reject(this.#broken);
    this.#waiting = [];
  }
}
