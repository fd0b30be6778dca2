/** What becomes of what policies found. */
import { StatusError as Refusal, type StatusError } from '../../../api/errors.ts';
import type { ValidatingAdmissionPolicyBinding } from '../../../api/types.ts';
import type { Notes, Operation } from '../contract.ts';
import { refuse } from '../operation.ts';
import type { Failure } from './evaluate.ts';

export interface Found {
  policy: string;
  binding: string;
  actions: readonly string[];
  failure: Failure;
}

export const foundBy = (
  policy: string,
  { metadata, spec }: ValidatingAdmissionPolicyBinding,
  failure: Failure,
): Found => ({ policy, binding: metadata.name, actions: spec?.validationActions ?? [], failure });

/** Writes down what is only to be said. Returns the refusal, if there is one. */
export function verdictOf(all: readonly Found[], operation: Operation): StatusError | undefined {
  const { notes } = operation;
  for (const found of all) if (notes) note(found, notes);
  const audited = all.filter(({ actions }) => actions.includes('Audit'));
  if (audited.length > 0)
    notes?.auditAnnotations.set(
      'validation.policy.admission.k8s.io/validation_failure',
      JSON.stringify(audited.map(auditOf)),
    );
  const denied = all.find(({ actions }) => actions.includes('Deny'));
  return denied && refusal(denied, operation);
}

function note({ policy, binding, actions, failure }: Found, { warnings }: Notes): void {
  if (actions.includes('Warn'))
    warnings.add(
      `Validation failed for ValidatingAdmissionPolicy '${policy}' with binding '${binding}': ${failure.message}`,
    );
}

const auditOf = ({ policy, binding, actions, failure }: Found) => ({
  message: failure.message,
  policy,
  binding,
  expressionIndex: String(failure.index ?? 0),
  validationActions: actions,
});

const codes: Readonly<Record<string, number>> = {
  Unauthorized: 401,
  Forbidden: 403,
  RequestEntityTooLarge: 413,
};

function refusal({ policy, binding, failure }: Found, operation: Operation): StatusError {
  const message = `ValidatingAdmissionPolicy '${policy}' with binding '${binding}' denied request: ${failure.message}`;
  const { status } = refuse(operation, message);
  const { reason = 'Invalid' } = failure;
  return Refusal.from({
    ...status,
    reason,
    code: codes[reason] ?? 422,
    details: { ...status.details, causes: [{ message }] },
  });
}
