/** Everything that a machine needs before a cluster can be on it. Does nothing, in milliseconds, when all is there. */
import { recipes } from '../../../images/recipes.ts';
import { home, imagesDir, packageRoot } from '../paths.ts';
import type { Progress } from '../progress.ts';
import { componentsStep } from './components.ts';
import { descriptionsStep } from './descriptions.ts';
import { requireHost } from './host.ts';
import { imagesStep } from './images.ts';
import { kernelStep } from './kernel.ts';
import { packagesStep } from './packages.ts';
import type { Step } from './step.ts';

/** In order: the kernel is tried out with the packages' programs. */
const setupSteps = (): Step[] => [
  packagesStep,
  kernelStep(home),
  imagesStep(recipes, imagesDir),
  componentsStep(packageRoot),
  descriptionsStep(packageRoot),
];

/** Rejects with one sentence when this machine cannot do. */
export async function setup(progress: Progress): Promise<void> {
  requireHost();
  // What is made here is for every user of every container, however careful the caller is with own files.
  process.umask(0o022);
  for (const step of setupSteps()) {
    if (!(await step.needed())) continue;
    progress(step.title);
    await step.run(progress);
  }
}
