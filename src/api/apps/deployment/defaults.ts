import { defaultPodSpec } from '../../core/pod/defaults.ts';
import type { Deployment } from '../../types.ts';

export function defaultDeployment({ spec }: Deployment): void {
  if (!spec) return;
  if (spec.template?.spec) defaultPodSpec(spec.template.spec);
  // Its own members have constant defaults.
  if (spec.strategy?.type === 'RollingUpdate')
    spec.strategy = { ...spec.strategy, rollingUpdate: spec.strategy?.rollingUpdate ?? {} };
}
