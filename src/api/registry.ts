/**
 * The kinds that a server serves: the built-in ones, and those that come and go with their
 * CustomResourceDefinitions.
 */
import type { Kind } from './kind.ts';
import { apiVersionOf } from './resource.ts';

export interface KindRegistry {
  /** All of them; another array whenever something has changed, and only then. */
  readonly list: () => readonly Kind[];
  /** The kind that a path names: `of('apps', 'v1', 'deployments')`. */
  readonly of: (group: string, version: string, plural: string) => Kind | undefined;
  /** The kind that an object says it is: `for('apps/v1', 'Deployment')`. */
  readonly for: (apiVersion: string, kind: string) => Kind | undefined;
  /** From now on these are the kinds of this owner, instead of those that it had; none takes them away. */
  readonly replace: (owner: string, kinds: readonly Kind[]) => void;
}

export function kindRegistry(builtin: readonly Kind[]): KindRegistry {
  const byOwner = new Map<string, readonly Kind[]>();
  let all = builtin;
  let byPath = new Map<string, Kind>();
  let byName = new Map<string, Kind>();
  index();

  function index(): void {
    byPath = new Map(all.map((kind) => [pathKey(kind.resource), kind]));
    byName = new Map(all.map((kind) => [`${apiVersionOf(kind.resource)}/${kind.resource.kind}`, kind]));
  }

  return {
    list: () => all,
    of: (group, version, plural) => byPath.get(pathKey({ group, version, plural })),
    for: (apiVersion, kind) => byName.get(`${apiVersion}/${kind}`),
    replace(owner, kinds) {
      if (kinds.length === 0) byOwner.delete(owner);
      else byOwner.set(owner, kinds);
      all = [...builtin, ...[...byOwner.values()].flat()];
      index();
    },
  };
}

const pathKey = ({ group, version, plural }: Pick<Kind['resource'], 'group' | 'version' | 'plural'>) =>
  `${group}/${version}/${plural}`;
