/**
 * From a request to a certificate: what nodes may have is approved, what is approved is signed, what is done
 * with is removed.
 * https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
 */
import type { Controller } from '../loop.ts';
import { approver } from './approver.ts';
import { cleaner } from './cleaner.ts';
import { signer } from './signer.ts';

export const certificateControllers: readonly Controller[] = [approver, signer, cleaner];
