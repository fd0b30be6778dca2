import { down } from '../cluster/down.ts';
import { withLock } from '../cluster/lock.ts';
import { lockFile } from '../cluster/paths.ts';
import { requireRoot } from '../cluster/root.ts';
import { showProgress } from './progress.ts';

export async function downCommand({ name }: { name: string }): Promise<void> {
  requireRoot();
  const shown = showProgress();
  const was = await withLock(lockFile, () => down(name, shown.step));
  shown.done();
  process.stderr.write(was ? `Cluster ${name} is down\n` : `There is no cluster ${name}\n`);
}
