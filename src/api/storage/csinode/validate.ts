/** https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/csi-node-v1/ */
import type { FieldError } from '../../errors.ts';
import type { CSINode } from '../../types.ts';
import { each, named, nonNegative, unique } from '../../validate/checks.ts';

export const validateCSINode = ({ spec }: CSINode): FieldError[] => [
  ...each('spec.drivers', spec?.drivers, ({ name, nodeID, allocatable }, at) => [
    ...named(`${at}.name`, name),
    ...named(`${at}.nodeID`, nodeID),
    ...nonNegative(`${at}.allocatable.count`, allocatable?.count),
  ]),
  ...unique(
    spec?.drivers,
    (driver) => driver.name,
    (i) => `spec.drivers[${i}].name`,
  ),
];
