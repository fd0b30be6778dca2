import { defaultPodSpec } from '../../core/pod/defaults.ts';
import type { DaemonSet } from '../../types.ts';

export function defaultDaemonSet({ spec }: DaemonSet): void {
  if (!spec) return;
  if (spec.template?.spec) defaultPodSpec(spec.template.spec);
  // Its own members have constant defaults.
  if (spec.updateStrategy?.type === 'RollingUpdate')
    spec.updateStrategy = { ...spec.updateStrategy, rollingUpdate: spec.updateStrategy?.rollingUpdate ?? {} };
}
