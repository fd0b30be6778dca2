import type { ReplicationController } from '../../types.ts';
import { defaultPodSpec } from '../pod/defaults.ts';

/** Who names no labels and no selector means those of the template. */
export function defaultReplicationController({ metadata, spec }: ReplicationController): void {
  const labels = spec?.template?.metadata?.labels;
  if (spec && labels && Object.keys(labels).length > 0) {
    if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
    if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
  }
  if (spec?.template?.spec) defaultPodSpec(spec.template.spec);
}
