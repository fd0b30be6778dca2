/** What every pod gets that did not ask for something else. */
import { pods } from '../../api/resource.ts';
import type { PodSpec, Toleration } from '../../api/types.ts';
import type { AdmissionPlugin } from './contract.ts';
import { isAbout, objectOf } from './operation.ts';

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions */
const evictAfterSeconds = 300;
const evictingTaints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

export const podDefaults: AdmissionPlugin = {
  name: 'PodDefaults',
  handles: (operation) => operation.verb !== 'delete' && isAbout(operation, pods),
  admit(operation) {
    const { spec } = objectOf(operation, pods);
    if (!spec) return undefined;
    spec.enableServiceLinks ??= true;
    tolerateForAWhile(spec);
    return undefined;
  },
};

function tolerateForAWhile(spec: PodSpec): void {
  const missing = evictingTaints.filter((key) => !spec.tolerations?.some((t) => tolerates(t, key)));
  if (missing.length === 0) return;
  const added = missing.map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: evictAfterSeconds,
  }));
  spec.tolerations = [...(spec.tolerations ?? []), ...added];
}

const tolerates = ({ key, effect }: Toleration, taint: string) =>
  (!key || key === taint) && (!effect || effect === 'NoExecute');
