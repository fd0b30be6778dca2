/** Puts a recipe's own files in their places. */
import { chmod, copyFile, link, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileRecipe } from '../recipe.ts';
import type { Bundler } from './bundle.ts';

export async function placeFile(file: FileRecipe, root: string, bundle: Bundler): Promise<void> {
  const target = join(root, file.path);
  if ('directory' in file) {
    await mkdir(target, { recursive: true });
    return chmod(target, file.mode ?? 0o755);
  }
  await mkdir(dirname(target), { recursive: true });
  await rm(target, { force: true });
  if ('link' in file) return symlink(file.link, target);
  if ('share' in file) return share(file.share, target);
  if ('bundle' in file) {
    await copyFile((await bundle(file.bundle)).file, target);
    return chmod(target, 0o755);
  }
  if ('text' in file) await writeFile(target, file.text);
  else await copyFile(file.from, target);
  await chmod(target, file.mode ?? 0o644);
}

async function share(from: string, to: string): Promise<void> {
  await link(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EXDEV') throw error;
    return copyFile(from, to);
  });
}
