/** https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/csi-driver-v1/ */
import type { FieldError } from '../../errors.ts';
import type { CSIDriver } from '../../types.ts';
import { each, immutable, oneOf, unique } from '../../validate/checks.ts';

const GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType'];

export const validateCSIDriver = ({ spec }: CSIDriver): FieldError[] => [
  ...(spec?.fsGroupPolicy ? oneOf('spec.fsGroupPolicy', spec.fsGroupPolicy, GROUP_POLICIES) : []),
  ...each('spec.volumeLifecycleModes', spec?.volumeLifecycleModes, (mode, at) =>
    oneOf(at, mode, ['Ephemeral', 'Persistent']),
  ),
  ...unique(
    spec?.tokenRequests,
    (token) => token.audience,
    (i) => `spec.tokenRequests[${i}].audience`,
  ),
];

export const validateCSIDriverUpdate = (now: CSIDriver, old: CSIDriver): FieldError[] => [
  ...immutable('spec.attachRequired', now.spec?.attachRequired, old.spec?.attachRequired),
  ...immutable('spec.volumeLifecycleModes', now.spec?.volumeLifecycleModes, old.spec?.volumeLifecycleModes),
];
