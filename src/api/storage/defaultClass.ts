/** https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass */
import type { StorageClass } from '../types.ts';
import { annotation } from './words.ts';

/** Clusters of long ago wrote it like this; tools still do. */
const beta = 'storageclass.beta.kubernetes.io/is-default-class';

export const isDefaultClass = ({ metadata: { annotations } }: StorageClass): boolean =>
  annotations?.[annotation.isDefaultClass] === 'true' || annotations?.[beta] === 'true';

/** Of several the newest one; of those the first by name. */
export const defaultClassOf = (classes: Iterable<StorageClass>): StorageClass | undefined =>
  [...classes].filter(isDefaultClass).sort((a, b) => newestFirst(a, b) || byName(a, b))[0];

const createdMs = ({ metadata }: StorageClass) => Date.parse(metadata.creationTimestamp ?? '') || 0;
const newestFirst = (a: StorageClass, b: StorageClass) => createdMs(b) - createdMs(a);
const byName = (a: StorageClass, b: StorageClass) => (a.metadata.name < b.metadata.name ? -1 : 1);
