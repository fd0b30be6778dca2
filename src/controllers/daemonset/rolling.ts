/**
 * Which pods of an older template are replaced next.
 * https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/
 */
import type { DaemonSet, Pod } from '../../api/types.ts';
import { portionOf } from '../portion.ts';

/** A node as one DaemonSet sees it. */
export interface NodeState {
  name: string;
  shouldRun: boolean;
  mayStay: boolean;
  /** All of its pods there, those that end too; the one that counts first. */
  all: readonly Pod[];
  /** Those that live, of the template as it is now and of older ones. */
  fresh: readonly Pod[];
  old: readonly Pod[];
  isAvailable: (pod: Pod) => boolean;
}

interface Step {
  create: string[];
  remove: Pod[];
}

const limit = (set: DaemonSet, name: 'maxSurge' | 'maxUnavailable', nodes: number): number => {
  const { maxSurge = 0, maxUnavailable = 1 } = set.spec?.updateStrategy?.rollingUpdate ?? {};
  return portionOf({ maxSurge, maxUnavailable }[name], nodes, Math.ceil);
};

const isRolling = (set: DaemonSet): boolean => set.spec?.updateStrategy?.type !== 'OnDelete';

/** A new pod is made beside the old one, which goes when the new one is available. */
export const surges = (set: DaemonSet): boolean => isRolling(set) && limit(set, 'maxSurge', 100) > 0;

export function roll(set: DaemonSet, states: readonly NodeState[], nodes: number): Step {
  const wanted = states.filter((state) => state.shouldRun);
  if (!isRolling(set)) return { create: [], remove: [] };
  return surges(set)
    ? surge(wanted, limit(set, 'maxSurge', nodes))
    : replace(wanted, limit(set, 'maxUnavailable', nodes));
}

/** What is not available is lost already: it goes whatever the limit. */
function replace(states: readonly NodeState[], maxUnavailable: number): Step {
  const candidates: Pod[] = [];
  const remove: Pod[] = [];
  let unavailable = 0;
  for (const { fresh, old, isAvailable } of states) {
    const [pod] = old;
    if (fresh.length > 0 || !pod) {
      if (!fresh[0] || old.length > 0 || !isAvailable(fresh[0])) unavailable++;
    } else if (isAvailable(pod)) candidates.push(pod);
    else {
      remove.push(pod);
      unavailable++;
    }
  }
  return {
    create: [],
    remove: [...remove, ...candidates.slice(0, Math.max(0, maxUnavailable - unavailable))],
  };
}

function surge(states: readonly NodeState[], maxSurge: number): Step {
  const candidates: string[] = [];
  const create: string[] = [];
  const remove: Pod[] = [];
  let surging = 0;
  for (const { name, fresh, old, isAvailable } of states) {
    const [pod] = old;
    const [next] = fresh;
    if (!pod) continue;
    if (!next) {
      if (isAvailable(pod)) candidates.push(name);
      else create.push(name);
    } else if (isAvailable(next)) remove.push(pod);
    else surging++;
  }
  return { create: [...create, ...candidates.slice(0, Math.max(0, maxSurge - surging))], remove };
}
