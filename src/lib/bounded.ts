/** Work of which nobody knows how long it takes, such as a regular expression that a user wrote. */
import { Script } from 'node:vm';

export class TookTooLong extends Error {
  constructor(timeoutMs: number) {
    super(`it took longer than ${timeoutMs} ms`);
    this.name = 'TookTooLong';
  }
}

let work: () => unknown = () => undefined;
let script: Script | undefined;
const entry = Symbol.for('switchboard.bounded');

/**
 * Runs synchronous work and ends it when its time is over, wherever it stands, also within a regular
 * expression. Costs about 0.2 ms. It does not nest.
 *
 * @throws {TookTooLong}
 */
export function bounded<T>(timeoutMs: number, task: () => T): T {
  if (!script) {
    Object.defineProperty(globalThis, entry, { value: () => work() });
    script = new Script(`globalThis[Symbol.for('switchboard.bounded')]()`);
  }
  work = task;
  try {
    return script.runInThisContext({ timeout: timeoutMs }) as T;
  } catch (err) {
    if ((err as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new TookTooLong(timeoutMs);
    throw err;
  } finally {
    work = () => undefined;
  }
}
