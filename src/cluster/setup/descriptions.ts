/** What `kubectl explain` prints of each field, taken from the client package's comments. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../lib/exec.ts';
import type { Step } from './step.ts';

export const descriptionsStep = (packageRoot: string): Step => ({
  title: 'Collecting descriptions of the API',
  needed: () =>
    access(join(packageRoot, '.build/descriptions.json')).then(
      () => false,
      () => true,
    ),
  run: () => collectDescriptions(packageRoot),
});

/** Of the kinds and fields that the source has now. */
export async function collectDescriptions(packageRoot: string): Promise<void> {
  await run(process.execPath, [join(packageRoot, 'scripts/descriptions.ts')], { cwd: packageRoot });
}
