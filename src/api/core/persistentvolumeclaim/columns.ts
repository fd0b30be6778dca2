import { ageColumn, nameColumn } from '../../columns.ts';
import type { Column } from '../../kind.ts';
import type { PersistentVolumeClaim } from '../../types.ts';
import { formatAccessModes } from '../persistentvolume/accessModes.ts';

const UNSET = '<unset>';

/** What it has, not what it asks for. */
const given = ({ spec, status }: PersistentVolumeClaim) => (spec?.volumeName ? status : undefined);

export const columns: readonly Column<PersistentVolumeClaim>[] = [
  nameColumn,
  {
    name: 'Status',
    description: 'Whether it has a volume.',
    value: (c) => (c.metadata.deletionTimestamp ? 'Terminating' : (c.status?.phase ?? '')),
  },
  { name: 'Volume', description: 'The volume that it has.', value: (c) => c.spec?.volumeName ?? '' },
  {
    name: 'Capacity',
    description: 'How much that holds.',
    value: (c) => given(c)?.capacity?.['storage'] ?? '',
  },
  {
    name: 'Access Modes',
    description: 'How that may be mounted.',
    value: (c) => formatAccessModes(given(c)?.accessModes),
  },
  {
    name: 'StorageClass',
    description: 'The class of volumes that it asks for.',
    value: (c) => c.spec?.storageClassName ?? '',
  },
  {
    name: 'VolumeAttributesClass',
    description: 'The class of attributes that it asks for.',
    value: (c) => c.spec?.volumeAttributesClassName ?? UNSET,
  },
  ageColumn,
  {
    name: 'VolumeMode',
    priority: 1,
    description: 'A file system or a block device.',
    value: (c) => c.spec?.volumeMode ?? UNSET,
  },
];
