/** koffi and its native part, as `require` finds them: what Node alone cannot ask of the kernel. */
import type { FileRecipe } from '../recipe.ts';

const native = `@koromix/koffi-linux-${process.arch}`;
const parts = [
  'koffi/package.json',
  'koffi/index.cjs',
  'koffi/src/koffi/index.cjs',
  'koffi/src/koffi/src/static.cjs',
  `${native}/package.json`,
  `${native}/index.js`,
  `${native}/linux_${process.arch}/koffi.node`,
];

/** `modules` holds the host's packages, `into` those of the image; both end with a slash. */
export const koffiFiles = (modules: string, into: string): FileRecipe[] =>
  parts.map((part) => ({ path: `${into}${part}`, from: `${modules}${part}` }));
