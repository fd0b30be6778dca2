/**
 * What stands between a request that may be made and the store: plugins that complete an object or
 * refuse it, in the one visible order of `index.ts`.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
 */
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/types.ts';
import type { User } from '../contract.ts';

export interface Operation {
  readonly verb: 'create' | 'update' | 'delete';
  readonly kind: Kind;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly user: User;
  readonly dryRun: boolean;
  /** The object as it would be stored; plugins may change it. For a delete, the object that goes. */
  readonly object: KubeObject;
  /** What is stored now; absent for create. */
  readonly old?: KubeObject;
}

/** Called when the write did not happen after all: gives back what was taken. */
export type Undo = () => void;

export interface AdmissionPlugin {
  readonly name: string;
  /** Which operations it wants to see. */
  handles(operation: Operation): boolean;
  /** Completes the object in place, or throws a `StatusError`. */
  admit(operation: Operation): Promise<Undo | undefined> | Undo | undefined;
  /** Called after the write (and never for a dry run). For a delete: when the object is gone for good. */
  committed?(operation: Operation): void;
}
