/** What a type of volume is: something that makes a path, or something that tells which files there should be. */
import type { Resource } from '../../api/resource.ts';
import type { KubeObject, Pod, Volume } from '../../api/types.ts';
import type { Addresses } from '../pod/container/fields.ts';

export interface VolumeFile {
  data: string | Uint8Array;
  mode: number;
  /** Root unless said otherwise. */
  uid?: number;
}

/** By their path below the volume. */
export type Payload = Map<string, VolumeFile>;

export interface VolumeContext extends Addresses {
  pod: Pod;
  allocatable: Record<string, string>;
  /** In the pod's namespace, if it is of a kind that stands in one; undefined if there is none. */
  object: <T extends KubeObject>(resource: Resource<T>, name: string) => Promise<T | undefined>;
  /** A token of the pod's service account. */
  token: (audience: string | undefined, expirationSeconds: number) => Promise<string>;
}

/** Rejects with what the pod's events say. */
export type PayloadOf<Key extends keyof Volume> = (
  source: NonNullable<Volume[Key]>,
  context: VolumeContext,
) => Promise<Payload>;
