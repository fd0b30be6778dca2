/** A component of Switchboard and all it imports, in one file. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

interface Bundle {
  file: string;
  sha256: string;
}

export type Bundler = (entry: string) => Promise<Bundle>;

interface BundleRecord extends Bundle {
  /** What went into it, with the size and time that each file had. */
  inputs: { path: string; size: number; mtimeMs: number }[];
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
  const checks = await Promise.all([
    stat(file).then(
      () => true,
      () => false,
    ),
    ...inputs.map(async (input) => {
      const found = await stat(input.path).catch(() => undefined);
      return found?.size === input.size && found.mtimeMs === input.mtimeMs;
    }),
  ]);
  return checks.every((isSame) => isSame);
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
  const inputs = await Promise.all(
    Object.keys(result.metafile.inputs)
      .filter((path) => !path.includes('(disabled)'))
      .map(async (path) => {
        const { size, mtimeMs } = await stat(path);
        return { path: resolve(path), size, mtimeMs };
      }),
  );
  return { file, sha256: digest, inputs };
}

/** It starts as a command, and packages in CommonJS within it find `require`. */
const banner = `#!/usr/bin/node
import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);`;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
