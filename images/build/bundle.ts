/** A component of Switchboard and all it imports, in one file. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';

interface Bundle {
  file: string;
  sha256: string;
}

export type Bundler = (entry: string) => Promise<Bundle>;

/** A source file with the size and time that it had. */
export interface Input {
  path: string;
  size: number;
  mtimeMs: number;
}

interface BundleRecord extends Bundle {
  /** What went into it. */
  inputs: Input[];
}

/** Bundles are kept in `dir` and made anew when one of their source files changed. */
export function bundler(dir: string): Bundler {
  const running = new Map<string, Promise<Bundle>>();
  return (entry) => {
    const bundle = running.get(entry) ?? bundleIfChanged(dir, entry);
    running.set(entry, bundle);
    return bundle;
  };
}

async function bundleIfChanged(dir: string, entry: string): Promise<Bundle> {
  const recordFile = join(dir, `${sha256(entry)}.json`);
  const text = await readFile(recordFile, 'utf8').catch(() => undefined);
  const record: BundleRecord | undefined = text === undefined ? undefined : JSON.parse(text);
  if (record && (await isCurrent(record))) return record;
  const made = await makeBundle(dir, entry);
  await writeFile(`${recordFile}.new`, JSON.stringify(made));
  await rename(`${recordFile}.new`, recordFile);
  if (record && record.file !== made.file) await rm(record.file, { force: true });
  return made;
}

async function isCurrent({ file, inputs }: BundleRecord): Promise<boolean> {
  return existsSync(file) && unchanged(inputs);
}

/** Whether all files are as they were. */
export async function unchanged(inputs: readonly Input[]): Promise<boolean> {
  const checks = await Promise.all(
    inputs.map(async ({ path, size, mtimeMs }) => {
      const found = await stat(path).catch(() => undefined);
      return found?.size === size && found.mtimeMs === mtimeMs;
    }),
  );
  return checks.every((isSame) => isSame);
}

/** The files that esbuild says it read, when it worked in the folder `from`. */
export function inputsOf(metafile: Metafile, from = process.cwd()): Promise<Input[]> {
  return Promise.all(
    Object.keys(metafile.inputs)
      .filter((path) => !path.includes('(disabled)'))
      .map(async (path) => {
        const file = resolve(from, path);
        const { size, mtimeMs } = await stat(file);
        return { path: file, size, mtimeMs };
      }),
  );
}

async function makeBundle(dir: string, entry: string): Promise<BundleRecord> {
  const { build } = await import('esbuild');
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node26',
    minifySyntax: true,
    banner: { js: banner },
    logLevel: 'silent',
  });
  const [output] = result.outputFiles;
  if (!output) throw new Error(`Cannot bundle ${entry}: esbuild wrote nothing`);
  const digest = createHash('sha256').update(output.contents).digest('hex');
  const file = join(dir, `${digest}.mjs`);
  await mkdir(dir, { recursive: true });
  await writeFile(file, output.contents);
  const inputs = await inputsOf(result.metafile);
  return { file, sha256: digest, inputs };
}

/** Packages in CommonJS within a bundle find `require`. */
export const requireInBundle = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);`;

/** It starts as a command. */
const banner = `#!/usr/bin/node
${requireInBundle}`;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
