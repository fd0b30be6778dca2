/** https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/ */
import { StatusError } from '../../../api/errors.ts';
import type { AdmissionPlugin, Operation } from '../contract.ts';
import { type Asked, askedOf } from '../dynamic/asked.ts';
import { become } from '../dynamic/become.ts';
import type { BoundMutatingPolicy, Configurations } from '../dynamic/configurations.ts';
import { askedAs } from '../dynamic/forms.ts';
import { isDueAgain, type Progress, progresses } from '../dynamic/progress.ts';
import { refuse } from '../operation.ts';
import type { PolicyDeps } from './index.ts';
import { isBound, kindFor } from './match.ts';
import { paramsOf } from './params.ts';

export type MutatingPolicyDeps = Omit<PolicyDeps, 'configurations'> & {
  configurations: Pick<Configurations, 'mutatingPolicies'>;
};

export function mutatingPolicies(deps: MutatingPolicyDeps): AdmissionPlugin {
  const { of, changed } = progresses();
  return {
    name: 'MutatingAdmissionPolicy',
    // Of what is deleted nothing is left to change.
    handles: (operation) =>
      operation.verb !== 'delete' && deps.configurations.mutatingPolicies.mayConcern(operation),
    async admit(operation) {
      const { progress, isAgain } = of(operation);
      for (const one of deps.configurations.mutatingPolicies.all) {
        const { reinvocationPolicy } = one.policy.spec ?? {};
        const key = one.policy.metadata.name;
        if (isAgain && !isDueAgain(key, reinvocationPolicy, progress, operation)) continue;
        if (!(await mutateBy(one, operation, progress, deps))) continue;
        progress.seen.set(key, JSON.stringify(operation.object));
      }
      return undefined;
    },
    changed,
  };
}

/** Resolves with whether the policy is about the operation. */
async function mutateBy(
  { policy, bindings }: BoundMutatingPolicy,
  operation: Operation,
  progress: Progress,
  deps: MutatingPolicyDeps,
): Promise<boolean> {
  const first = askedOf(operation);
  if (!first.isWhole || !(await kindFor(policy.spec?.matchConstraints ?? {}, first, deps))) return false;
  for (const binding of bindings) {
    if (!(await isBound(binding.spec?.matchResources, first, deps))) continue;
    try {
      if (await mutateOnce(policy, binding, operation, deps)) progress.changed = true;
    } catch (err) {
      if (policy.spec?.failurePolicy !== 'Ignore') throw denied(policy, binding, operation, err as Error);
    }
  }
  return true;
}

type Policy = BoundMutatingPolicy['policy'];
type Binding = BoundMutatingPolicy['bindings'][number];

async function mutateOnce(
  policy: Policy,
  binding: Binding,
  operation: Operation,
  deps: MutatingPolicyDeps,
): Promise<boolean> {
  // CEL is loaded by the first policy that is asked.
  const { mutated } = await import('./mutate.ts');
  const before = askedOf(operation);
  const namespace = namespaceOf(before);
  const namespaceObject = namespace === undefined ? undefined : await deps.namespace(namespace);
  let hasChanged = false;
  for (const params of await paramsOf(policy.spec ?? {}, binding.spec ?? {}, namespace, deps)) {
    const asked = askedOf(operation);
    const kind = await kindFor(policy.spec?.matchConstraints ?? {}, asked, deps);
    if (!kind) continue;
    const form = await askedAs(asked, kind);
    const seen = { asked, form, operation, authorizer: deps.authorizer };
    const object = mutated(policy, seen, { params, namespaceObject });
    if (object && (await become(operation, object, kind))) hasChanged = true;
  }
  return hasChanged;
}

const namespaceOf = ({ kind, namespace }: Asked) => (kind.resource.namespaced ? namespace : undefined);

function denied(policy: Policy, binding: Binding, operation: Operation, { message }: Error): StatusError {
  const why = `policy '${policy.metadata.name}' with binding '${binding.metadata.name}' denied request: ${message}`;
  const { status } = refuse(operation, why);
  return StatusError.from({ ...status, reason: 'Invalid', code: 422 });
}
