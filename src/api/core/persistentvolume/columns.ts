import { ageColumn, nameColumn } from '../../columns.ts';
import type { Column } from '../../kind.ts';
import type { PersistentVolume } from '../../types.ts';
import { formatAccessModes } from './accessModes.ts';

const UNSET = '<unset>';

const claimOf = ({ spec }: PersistentVolume) =>
  spec?.claimRef ? `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}` : '';

export const columns: readonly Column<PersistentVolume>[] = [
  nameColumn,
  { name: 'Capacity', description: 'How much it holds.', value: (v) => v.spec?.capacity?.['storage'] ?? '' },
  {
    name: 'Access Modes',
    description: 'How it may be mounted.',
    value: (v) => formatAccessModes(v.spec?.accessModes),
  },
  {
    name: 'Reclaim Policy',
    description: 'What becomes of it when its claim is gone.',
    value: (v) => v.spec?.persistentVolumeReclaimPolicy ?? '',
  },
  {
    name: 'Status',
    description: 'Whether it is free, bound or left over.',
    value: (v) => (v.metadata.deletionTimestamp ? 'Terminating' : (v.status?.phase ?? '')),
  },
  { name: 'Claim', description: 'Who has it.', value: claimOf },
  {
    name: 'StorageClass',
    description: 'Only claims of this class get it.',
    value: (v) => v.spec?.storageClassName ?? '',
  },
  {
    name: 'VolumeAttributesClass',
    description: 'The class of its attributes.',
    value: (v) => v.spec?.volumeAttributesClassName ?? UNSET,
  },
  { name: 'Reason', description: 'Why it is as it is.', value: (v) => v.status?.reason ?? '' },
  ageColumn,
  {
    name: 'VolumeMode',
    priority: 1,
    description: 'A file system or a block device.',
    value: (v) => v.spec?.volumeMode ?? UNSET,
  },
];
