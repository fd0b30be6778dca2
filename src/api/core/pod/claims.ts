/** The claims that a pod's volumes name. */
import type { Pod, Volume } from '../../types.ts';

/** The claim of an ephemeral volume is named after pod and volume. */
export const claimNameOf = (volume: Volume, podName: string): string | undefined =>
  volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral ? `${podName}-${volume.name}` : undefined);

/** In the pod's namespace, each once. */
export const claimNamesOf = ({ metadata, spec }: Pod): string[] => [
  ...new Set((spec?.volumes ?? []).flatMap((volume) => claimNameOf(volume, metadata.name) ?? [])),
];
