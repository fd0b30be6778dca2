/** Volumes that the cluster makes itself: each is a directory on one node. */
import type { PersistentVolume } from '../types.ts';
import { annotation } from './words.ts';

/** Stands in a StorageClass. */
export const localPathProvisioner = 'switchboard.dev/local-path';

/** On such a volume: the node that its directory is on. */
export const nodeAnnotation = 'switchboard.dev/node';

/** Kept on such a volume by its node as long as the directory is there. */
export const directoryFinalizer = 'switchboard.dev/directory';

/** On every node. The directory of a volume has the name of the volume. */
export const volumesDirectory = '/var/lib/switchboard/volumes';

/** The node that made, or will make, the volume's directory; undefined for a volume of another making. */
export const nodeOfDirectory = ({ metadata: { annotations } }: PersistentVolume): string | undefined =>
  annotations?.[annotation.provisionedBy] === localPathProvisioner ? annotations[nodeAnnotation] : undefined;
