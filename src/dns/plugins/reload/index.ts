import { createHash } from 'node:crypto';
import { readFileSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { Gauge, type Registry } from 'prom-client';
import type { SetUp } from '../../contract.ts';
import { expectNoMore } from '../../corefile/arity.ts';
import { CorefileError, type Directive } from '../../corefile/parse.ts';
import { takeDuration } from '../../corefile/values.ts';

/** A changed ConfigMap is several changes of a directory within moments. */
const settleMs = 200;

/** CoreDNS looks no more often than every two seconds. */
const leastIntervalMs = 2_000;
const leastJitterMs = 1_000;

/**
 * Takes a changed Corefile over, noticed by a watch of its directory and of those that it imports from. A broken one
 * is refused and the old one goes on.
 */
export const reload: SetUp = (directive, { sources, reload: again, clock, log, metrics }) => {
  checkIntervals(directive);
  const stopped = new AbortController();
  const version = metrics('reload', versionIn);
  let settling: AbortController | undefined;
  const changed = () => {
    settling?.abort();
    const current = new AbortController();
    settling = current;
    void clock.sleep(settleMs, AbortSignal.any([current.signal, stopped.signal])).then(() => {
      if (!current.signal.aborted && !stopped.signal.aborted) again();
    });
  };
  const unwatched = (err: unknown) =>
    log.warn(
      { err: String(err) },
      'reload: the Corefile cannot be watched; changes of it wait for the next start',
    );
  function tellVersion(): void {
    version.reset();
    const value = hashOf(sources());
    if (value === undefined) return;
    version.set({ hash: 'sha512', value }, 1);
    log.info({ plugin: 'reload' }, `Running configuration SHA512 = ${value}`);
  }
  return {
    name: 'reload',
    start() {
      tellVersion();
      try {
        for (const directory of new Set(sources().map((file) => dirname(file))))
          watch(directory, { signal: stopped.signal }, changed).on('error', unwatched);
      } catch (err) {
        unwatched(err);
      }
    },
    stop: () => stopped.abort(),
  };
};

const versionIn = (registry: Registry) =>
  new Gauge({
    name: 'coredns_reload_version_info',
    help: 'Which Corefile is served.',
    labelNames: ['hash', 'value'],
    registers: [registry],
  });

/** Of the Corefile with all that it imports; undefined when one of the files has gone since. */
function hashOf(files: readonly string[]): string | undefined {
  const hash = createHash('sha512');
  try {
    for (const file of files) hash.update(readFileSync(file));
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}

/** They are the longest that a change may wait; with a watch none waits for them. */
function checkIntervals(directive: Directive): void {
  expectNoMore(directive, 2);
  const [interval, jitter] = directive.args;
  if (
    interval !== undefined &&
    takeDuration('reload: its interval', interval, directive.line) < leastIntervalMs
  )
    throw new CorefileError(directive.line, 'reload: its interval is at least 2s');
  if (jitter !== undefined && takeDuration('reload: its jitter', jitter, directive.line) < leastJitterMs)
    throw new CorefileError(directive.line, 'reload: its jitter is at least 1s');
}
