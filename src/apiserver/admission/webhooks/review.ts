/**
 * AdmissionReview: what a webhook is asked, and what its answer says.
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#webhook-request-and-response
 */
import { StatusError } from '../../../api/errors.ts';
import type { Status } from '../../../api/types.ts';
import { without } from '../../object/without.ts';
import type { Asked } from '../dynamic/asked.ts';
import { requestOf } from '../dynamic/request.ts';

const apiVersion = 'admission.k8s.io/v1';

export function reviewOf(uid: string, asked: Asked, form: Asked): object {
  const { subResource, requestSubResource, namespace, ...request } = requestOf(asked, form);
  return {
    kind: 'AdmissionReview',
    apiVersion,
    request: {
      uid,
      ...request,
      ...(subResource && { subResource, requestSubResource }),
      ...(namespace && { namespace }),
      object: form.object,
      oldObject: form.oldObject,
    },
  };
}

export interface Verdict {
  allowed: boolean;
  /** JSON patch, RFC 6902. */
  patch?: unknown;
  status?: Partial<Status>;
  warnings: readonly string[];
  auditAnnotations: Readonly<Record<string, string>>;
}

interface Response extends Partial<Omit<Verdict, 'patch'>> {
  uid?: string;
  patch?: string;
  patchType?: string;
}

/** @throws {Error} saying why the answer is none. */
export function verdictOf(answer: unknown, uid: string): Verdict {
  const review = (answer ?? {}) as { apiVersion?: string; kind?: string; response?: Response };
  if (review.apiVersion !== apiVersion || review.kind !== 'AdmissionReview')
    throw new Error(
      `expected webhook response of ${apiVersion}, Kind=AdmissionReview, got ${review.apiVersion ?? ''}, Kind=${review.kind ?? ''}`,
    );
  const { response } = review;
  if (!response) throw new Error('webhook response was absent');
  if (response.uid !== uid)
    throw new Error(
      `expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid ?? '')}`,
    );
  const { allowed = false, warnings = [], auditAnnotations = {}, status } = response;
  const patch = patchOf(response);
  return {
    allowed,
    warnings,
    auditAnnotations,
    ...(status && { status }),
    ...(patch !== undefined && { patch }),
  };
}

function patchOf({ patch, patchType }: Response): unknown {
  if (!patch) {
    if (patchType) throw new Error('webhook returned response.patchType but not response.patch');
    return undefined;
  }
  if (patchType !== 'JSONPatch')
    throw new Error(
      `webhook returned invalid response.patchType of ${JSON.stringify(patchType ?? '')}, expected "JSONPatch"`,
    );
  try {
    return JSON.parse(Buffer.from(patch, 'base64').toString());
  } catch {
    throw new Error('webhook returned response.patch that is not JSON in base64');
  }
}

/** What the client hears of a refusal. */
export function denial(webhook: string, status: Partial<Status> = {}): StatusError {
  const by = `admission webhook ${JSON.stringify(webhook)} denied the request`;
  const why = status.message || status.reason;
  const { code = 0 } = status;
  return StatusError.from({
    apiVersion: 'v1',
    kind: 'Status',
    ...without(status, 'metadata'),
    metadata: {},
    status: 'Failure',
    message: why ? `${by}: ${why}` : `${by} without explanation`,
    reason: status.reason ?? '',
    code: code < 400 ? 400 : code,
  });
}
