/** How a component of ours is started, in a node or on the host. */
import { compileCache, packageRoot } from './paths.ts';
import { componentsEntry } from './setup/components.ts';

/** Small young generations: components keep what they have, and make little that dies at once. */
const nodeOptions = '--max-semi-space-size=2';

/** A shell command line. `seen` turns a path of the host into the one that the process sees. */
export function componentCommand(
  name: string,
  config: string,
  seen: (path: string) => string = (path) => path,
): string {
  const environment = `NODE_COMPILE_CACHE=${seen(compileCache)}`;
  const node = `${packageRoot}/node_modules/node-linux-${process.arch}/bin/node`;
  return `env ${environment} ${seen(node)} ${nodeOptions} ${seen(componentsEntry())} ${name} --config ${config}`;
}
