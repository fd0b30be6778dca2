/** https://kubernetes.io/docs/concepts/storage/volumes/#hostpath */
import { mkdirSync, type Stats, statSync, writeFileSync } from 'node:fs';
import type { Volume } from '../../api/types.ts';

const checks: Record<string, { is: (stat: Stats) => boolean; what: string }> = {
  Directory: { is: (s) => s.isDirectory(), what: 'directory' },
  DirectoryOrCreate: { is: (s) => s.isDirectory(), what: 'directory' },
  File: { is: (s) => s.isFile(), what: 'file' },
  FileOrCreate: { is: (s) => s.isFile(), what: 'file' },
  Socket: { is: (s) => s.isSocket(), what: 'socket file' },
  CharDevice: { is: (s) => s.isCharacterDevice(), what: 'character device' },
  BlockDevice: { is: (s) => s.isBlockDevice(), what: 'block device' },
};

/** The path, once it is what `type` says it should be. */
export function hostPath({ path, type = '' }: NonNullable<Volume['hostPath']>): string {
  if (type === 'DirectoryOrCreate') mkdirSync(path, { recursive: true, mode: 0o755 });
  const stat = statSync(path, { throwIfNoEntry: false });
  if (type === '') {
    // Without a type a directory is made where nothing is, as container runtimes do for a mount's source.
    if (!stat) mkdirSync(path, { recursive: true });
    return path;
  }
  const check = checks[type];
  if (!check) throw new Error(`hostPath type check failed: ${type} is not a supported type`);
  if (!stat && type === 'FileOrCreate') writeFileSync(path, '', { mode: 0o644 });
  else if (!stat || !check.is(stat))
    throw new Error(`hostPath type check failed: ${path} is not a ${check.what}`);
  return path;
}
