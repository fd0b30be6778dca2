import type { ContainerStatus, Pod } from '../../api/types.ts';

/** What the API knows of the pod's containers. */
export const statusesOf = ({ status }: Pod): ContainerStatus[] => [
  ...(status?.containerStatuses ?? []),
  ...(status?.initContainerStatuses ?? []),
  ...(status?.ephemeralContainerStatuses ?? []),
];
