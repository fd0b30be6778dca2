import { defaultPodSpec } from '../../core/pod/defaults.ts';
import type { StatefulSet } from '../../types.ts';

export function defaultStatefulSet({ spec }: StatefulSet): void {
  if (!spec) return;
  if (spec.template?.spec) defaultPodSpec(spec.template.spec);
  if (spec.updateStrategy?.type === 'RollingUpdate')
    spec.updateStrategy = { ...spec.updateStrategy, rollingUpdate: spec.updateStrategy?.rollingUpdate ?? {} };
  for (const claim of spec.volumeClaimTemplates ?? [])
    Object.assign(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim' });
}
