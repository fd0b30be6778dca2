/**
 * A directory whose files change all at once: they stand in a directory of their own, `..data` points to
 * it, and each visible name points through `..data`.
 * https://kubernetes.io/docs/concepts/configuration/configmap/#mounted-configmaps-are-updated-automatically
 */
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Payload } from './contract.ts';

/** Writes what is new; says whether anything was. `gid` is the pod's fsGroup. */
export function writeAtomically(directory: string, payload: Payload, gid?: number): boolean {
  const data = join(directory, '..data');
  if (existsSync(data) && isSame(data, payload)) return false;
  const fresh = mkdtempSync(`${directory}/..`);
  chmodSync(fresh, 0o755);
  for (const [path, { data: content, mode, uid }] of payload) {
    const file = join(fresh, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    if (uid !== undefined || gid !== undefined) chownSync(file, uid ?? 0, gid ?? 0);
    chmodSync(file, gid === undefined ? mode : mode | 0o440);
  }
  const before = existsSync(data) ? readlinkSync(data) : undefined;
  const name = fresh.slice(directory.length + 1);
  symlinkSync(name, join(directory, '..data_tmp'));
  renameSync(join(directory, '..data_tmp'), data);
  showNames(directory, payload);
  if (before) rmSync(join(directory, before), { recursive: true });
  return true;
}

const top = (path: string) => path.split('/')[0] ?? path;

function showNames(directory: string, payload: Payload): void {
  const wanted = new Set([...payload.keys()].map(top));
  for (const name of readdirSync(directory)) {
    if (name.startsWith('..') || wanted.delete(name)) continue;
    rmSync(join(directory, name));
  }
  for (const name of wanted) symlinkSync(join('..data', name), join(directory, name));
}

function isSame(data: string, payload: Payload): boolean {
  const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  if (files.length !== payload.size) return false;
  return [...payload].every(([path, { data: content }]) => {
    const file = join(data, path);
    return (
      statSync(file, { throwIfNoEntry: false })?.isFile() && readFileSync(file).equals(Buffer.from(content))
    );
  });
}
