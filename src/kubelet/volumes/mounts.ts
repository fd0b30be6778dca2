/** `volumeMounts` of a container as mounts. */
import { chmodSync, lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Container, Pod } from '../../api/types.ts';
import type { ContainerConfig } from '../contract.ts';
import { expand } from '../pod/container/expand.ts';
import { inside } from './items.ts';

/** Volumes of the pod that none of its containers may write to. */
export const readOnlyVolumes = ({ spec }: Pod): ReadonlySet<string> =>
  new Set((spec?.volumes ?? []).filter((v) => v.persistentVolumeClaim?.readOnly).map(({ name }) => name));

/** Throws on a mount of a volume that the pod does not have, and on a subPath that leads out of it. */
export function volumeMounts(
  container: Container,
  paths: ReadonlyMap<string, string>,
  env: Record<string, string>,
  readOnly: ReadonlySet<string> = new Set(),
): ContainerConfig['mounts'] {
  return (container.volumeMounts ?? []).map((mount) => {
    const volume = paths.get(mount.name);
    if (volume === undefined) throw new Error(`cannot find volume "${mount.name}" to mount into container`);
    const subPath = mount.subPathExpr ? expand(mount.subPathExpr, (name) => env[name]) : mount.subPath;
    return {
      source: subPath ? below(volume, subPath) : volume,
      target: mount.mountPath,
      readOnly: mount.readOnly || readOnly.has(mount.name),
      ...(mount.mountPropagation && { propagation: mount.mountPropagation }),
    };
  });
}

/**
 * What is missing of it is made, with the mode of the volume, so that whoever may use the volume may use its part. A
 * symbolic link must not lead out, and nothing is made behind one that does.
 */
function below(volume: string, subPath: string): string {
  const root = realpathSync(volume);
  let path = root;
  for (const name of inside(subPath).split('/')) {
    const next = join(path, name);
    if (!lstatSync(next, { throwIfNoEntry: false })) makeLike(root, next);
    path = realpathSync(next);
    if (path !== root && !path.startsWith(`${root}/`))
      throw new Error(`failed to prepare subPath ${subPath}: it leads out of the volume`);
  }
  return path;
}

function makeLike(volume: string, directory: string): void {
  mkdirSync(directory);
  chmodSync(directory, statSync(volume).mode & 0o7777); // past the umask
}
