import { withLock } from '../cluster/lock.ts';
import { startNode, stopNode } from '../cluster/node/plug.ts';
import { lockFile } from '../cluster/paths.ts';
import { requireRoot } from '../cluster/root.ts';

export async function nodeStopCommand(which: string, { name }: { name: string }): Promise<void> {
  requireRoot();
  const was = await withLock(lockFile, () => stopNode(name, which));
  process.stderr.write(was ? `Node ${which} is stopped\n` : `Node ${which} was stopped already\n`);
}

export async function nodeStartCommand(which: string, { name }: { name: string }): Promise<void> {
  requireRoot();
  const was = await withLock(lockFile, () => startNode(name, which));
  process.stderr.write(was ? `Node ${which} is started\n` : `Node ${which} runs already\n`);
}
