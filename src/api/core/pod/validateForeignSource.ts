/** Volumes that come from elsewhere, of pods and of PersistentVolumes: what none of them can do without. */
import { type FieldError, fieldInvalid, fieldRequired } from '../../errors.ts';

const needed: Readonly<Record<string, readonly string[]>> = {
  awsElasticBlockStore: ['volumeID'],
  azureDisk: ['diskName', 'diskURI'],
  azureFile: ['secretName', 'shareName'],
  cephfs: ['monitors'],
  cinder: ['volumeID'],
  csi: ['driver'],
  flexVolume: ['driver'],
  gcePersistentDisk: ['pdName'],
  gitRepo: ['repository'],
  glusterfs: ['endpoints', 'path'],
  iscsi: ['targetPortal', 'iqn'],
  nfs: ['server', 'path'],
  rbd: ['monitors', 'image'],
  vsphereVolume: ['volumePath'],
};

/** `type` is the field that holds the source: `nfs`. */
export function validateForeignSource(field: string, type: string, source: unknown): FieldError[] {
  const said = new Map(Object.entries((source ?? {}) as object));
  const wrong = (needed[type] ?? [])
    .filter((name) => isEmpty(said.get(name)))
    .map((name) => fieldRequired(`${field}.${name}`));
  const path: unknown = said.get('path') ?? '';
  if (type === 'nfs' && typeof path === 'string' && !path.startsWith('/'))
    wrong.push(fieldInvalid(`${field}.path`, path, 'must be an absolute path'));
  return wrong;
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
