/**
 * The components that run in nodes and on the host, bundled from source. Node runs the source as it is too, but
 * each process then reads several hundred files: bundled, the control plane starts in less than half the time
 * and needs 20 MB less.
 */
import { randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Input, inputsOf, requireInBundle, unchanged } from '../../../images/build/bundle.ts';
import { componentsDir } from '../paths.ts';
import { collectDescriptions } from './descriptions.ts';
import type { Step } from './step.ts';

/** Entry of the components → its file. Threads are found beside it. */
const entryPoints = {
  main: 'src/cli/main.ts',
  worker: 'src/store/sqlite/worker.ts',
  textWorker: 'src/apiserver/wire/thread/worker.ts',
};

interface Components {
  /** Folder below {@link componentsDir}; another for each version, so that what runs finds its own files. */
  folder: string;
  inputs: Input[];
}

const record = join(componentsDir, 'current.json');

/** The file to start: `main.mjs` of the newest version. Set-up must have been done. */
export const componentsEntry = (): string => join(componentsDir, current()?.folder ?? '', 'main.mjs');

function current(): Components | undefined {
  try {
    return JSON.parse(readFileSync(record, 'utf8')) as Components;
  } catch {
    return undefined;
  }
}

export const componentsStep = (packageRoot: string): Step => ({
  title: 'Bundling components',
  async needed() {
    const known = current();
    return known === undefined || !(await unchanged(known.inputs));
  },
  async run() {
    const before = current()?.folder;
    const folder = randomBytes(6).toString('hex');
    const { build } = await import('esbuild');
    const [{ metafile }] = await Promise.all([
      build({
        absWorkingDir: packageRoot,
        entryPoints,
        outdir: join(componentsDir, folder),
        bundle: true,
        splitting: true,
        metafile: true,
        platform: 'node',
        format: 'esm',
        target: 'node26',
        // Native parts, and what only set-up needs, are taken from node_modules.
        external: ['koffi', 'esbuild'],
        outExtension: { '.js': '.mjs' },
        banner: { js: requireInBundle },
        logLevel: 'silent',
      }),
      // Source that changed may have other kinds.
      collectDescriptions(packageRoot),
    ]);
    const made: Components = { folder, inputs: await inputsOf(metafile, packageRoot) };
    await writeFile(`${record}.new`, JSON.stringify(made));
    await rename(`${record}.new`, record);
    await forgetAllBut([folder, before]);
  },
});

/** A cluster that was started with the version before may still need its files, one that runs needs its own. */
async function forgetAllBut(kept: readonly (string | undefined)[]): Promise<void> {
  const entries = await readdir(componentsDir, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const old = foldersToForget(folders, kept, await commandLines());
  await Promise.all(old.map((folder) => rm(join(componentsDir, folder), { recursive: true })));
}

/** Parts are loaded when they are first needed: whoever runs from a folder needs it until the end. */
export const foldersToForget = (
  folders: readonly string[],
  kept: readonly (string | undefined)[],
  commandLines: readonly string[],
): string[] =>
  folders.filter(
    (folder) => !kept.includes(folder) && !commandLines.some((line) => line.includes(`/${folder}/`)),
  );

/** Of every process of this machine, those in nodes too. */
const commandLines = (): Promise<string[]> =>
  Promise.all(
    globSync('/proc/[0-9]*/cmdline').map((file) => readFile(file, 'latin1').catch(() => '')), // it has ended
  );
