/** Loaded late: a machine that has everything pays only for the look. */
import { requireRoot } from '../cluster/root.ts';
import { setup } from '../cluster/setup/setup.ts';
import { showProgress } from './progress.ts';

export async function setupCommand(): Promise<void> {
  requireRoot();
  const shown = showProgress();
  await setup(shown.step);
  shown.done();
  process.stderr.write('Everything that a cluster needs is here\n');
}
