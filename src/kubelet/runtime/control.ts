/** What conmon is told through its fifo: a kind of message, and two numbers. https://github.com/containers/conmon */
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const reopenLogs = 2;

/** What is written from now on goes to a new file under the old name. */
export function reopenLog(bundle: string): void {
  const fd = openSync(join(bundle, 'ctl'), constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    writeSync(fd, `${reopenLogs} 0 0\n`);
  } finally {
    closeSync(fd);
  }
}
