import { watch } from 'node:fs';
import { dirname } from 'node:path';
import type { SetUp } from '../../contract.ts';

/** A changed ConfigMap is several changes of a directory within moments. */
const settleMs = 200;

/** Takes a changed Corefile over, noticed by a watch of its directory. A broken one is refused and the old one goes on. */
export const reload: SetUp = (_directive, { corefile, reload: again }) => {
  let timer: NodeJS.Timeout | undefined;
  const watcher = { close: () => {} };
  return {
    name: 'reload',
    start() {
      const started = watch(dirname(corefile), () => {
        clearTimeout(timer);
        timer = setTimeout(again, settleMs);
      });
      watcher.close = () => started.close();
    },
    stop() {
      clearTimeout(timer);
      watcher.close();
    },
  };
};
