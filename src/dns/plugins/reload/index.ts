import { watch } from 'node:fs';
import { dirname } from 'node:path';
import type { SetUp } from '../../contract.ts';
import { expectNoMore } from '../../corefile/arity.ts';

/** A changed ConfigMap is several changes of a directory within moments. */
const settleMs = 200;

/** Takes a changed Corefile over, noticed by a watch of its directory. A broken one is refused and the old one goes on. */
export const reload: SetUp = (directive, { corefile, reload: again, clock, log }) => {
  expectNoMore(directive, 0);
  const stopped = new AbortController();
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
  return {
    name: 'reload',
    start() {
      try {
        watch(dirname(corefile), { signal: stopped.signal }, changed).on('error', unwatched);
      } catch (err) {
        unwatched(err);
      }
    },
    stop: () => stopped.abort(),
  };
};
