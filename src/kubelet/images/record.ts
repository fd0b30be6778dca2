/** What the store knows of an image, and which image answers for a reference. Pure. */
import type { ImageConfig } from '../contract.ts';
import { formatReference, type Reference, repositoryOf } from './reference.ts';

/** One file in `refs/`. Says nothing of where the store is: nodes see it elsewhere than the host. */
export interface ImageRecord {
  /** `docker.io/library/nginx:latest`. */
  reference: string;
  /** `sha256:…` of the config. */
  id: string;
  sizeBytes: number;
  /** Satisfies `imagePullPolicy: Always`. */
  pinned: boolean;
  /** Preloaded: answers for every tag of its repository that no other record has. */
  anyTag: boolean;
  config: ImageConfig;
  /** Of a preloaded image: hash of what it was built from. */
  recipe?: string;
}

/** The name under which a record is kept: a preloaded image's is its repository. */
export function recordKey(record: Pick<ImageRecord, 'reference' | 'anyTag'>): string {
  return record.anyTag ? record.reference.slice(0, record.reference.lastIndexOf(':')) : record.reference;
}

/** Whether the image goes with this record: no other means the same one. */
export const isLastName = (records: ReadonlyMap<string, ImageRecord>, record: ImageRecord): boolean =>
  ![...records.values()].some((other) => other.id === record.id && recordKey(other) !== recordKey(record));

export const keyToFileName = (key: string): string => `${encodeURIComponent(key)}.json`;

/** The exact reference first, then a preloaded image of the repository; a digest is met only exactly. */
export function select(
  records: ReadonlyMap<string, ImageRecord>,
  reference: Reference,
): ImageRecord | undefined {
  const exact = records.get(formatReference(reference));
  if (exact || reference.digest !== undefined) return exact;
  return records.get(repositoryOf(reference));
}
