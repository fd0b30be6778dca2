/**
 * What stands between a request that may be made and the store: plugins that complete an object or
 * refuse it, in the one visible order of `index.ts`.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
 */
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/types.ts';
import type { User } from '../contract.ts';

/** What plugins say beside yes and no. */
export interface Notes {
  /** For the `Warning` headers of the answer, also of a refusal. */
  readonly warnings: Set<string>;
  /** For the event of the audit log. */
  readonly auditAnnotations: Map<string, string>;
}

export const noNotes = (): Notes => ({ warnings: new Set(), auditAnnotations: new Map() });

export interface Operation {
  readonly verb: 'create' | 'update' | 'delete' | 'connect';
  readonly kind: Kind;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly user: User;
  readonly dryRun: boolean;
  /** The object as it would be stored; plugins may change it. For a delete, the object that goes. For a connection, its options. */
  readonly object: KubeObject;
  /** What is stored now; absent for create. */
  readonly old?: KubeObject;
  readonly notes?: Notes;
  /** `CreateOptions` and the like, as the request says them. */
  options?(): object;
}

/** Called when the write did not happen after all: gives back what was taken. */
export type Undo = () => void;

export interface AdmissionPlugin {
  readonly name: string;
  /** It is asked about connections (`connect`) too, of which nothing is stored. */
  readonly connects?: true;
  /** Which operations it wants to see. */
  handles(operation: Operation): boolean;
  /** Completes the object in place, or throws a `StatusError`. */
  admit(operation: Operation): Promise<Undo | undefined> | Undo | undefined;
  /** Whether it has just changed the object, so that it and those before it are to be asked once more. */
  changed?(operation: Operation): boolean;
  /** Called for an object that is complete and valid, before the write: refuses, and changes nothing. */
  validate?(operation: Operation): Promise<void> | undefined;
  /** Called after the write (and never for a dry run). For a delete: when the object is gone for good. */
  committed?(operation: Operation): void;
}
