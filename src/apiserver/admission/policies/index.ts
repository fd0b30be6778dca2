/** https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/ */
import type { KindRegistry } from '../../../api/registry.ts';
import type { KubeObject, ValidatingAdmissionPolicy } from '../../../api/types.ts';
import type { Authorizer } from '../../authz/contract.ts';
import type { AdmissionPlugin, Operation } from '../contract.ts';
import { type Asked, askedOf } from '../dynamic/asked.ts';
import type { BoundPolicy, Configurations } from '../dynamic/configurations.ts';
import { askedAs } from '../dynamic/forms.ts';
import { isBound, kindFor } from './match.ts';
import { type ParamDeps, paramsOf } from './params.ts';
import { type Found, foundBy, verdictOf } from './verdict.ts';

export interface PolicyDeps extends ParamDeps {
  configurations: Pick<Configurations, 'policies'>;
  kinds: KindRegistry;
  authorizer: Authorizer;
  namespace: (name: string) => Promise<KubeObject | undefined>;
}

export function validatingPolicies(deps: PolicyDeps): AdmissionPlugin {
  return {
    name: 'ValidatingAdmissionPolicy',
    connects: true,
    handles: (operation) => deps.configurations.policies.mayConcern(operation),
    admit: () => undefined,
    async validate(operation) {
      const asked = askedOf(operation);
      const found: Found[] = [];
      for (const policy of deps.configurations.policies.all)
        found.push(...(await findings(policy, asked, operation, deps)));
      const refusal = verdictOf(found, operation);
      if (refusal) throw refusal;
    },
  };
}

async function findings(
  { policy, bindings }: BoundPolicy,
  asked: Asked,
  operation: Operation,
  deps: PolicyDeps,
): Promise<Found[]> {
  const kind = await kindFor(policy.spec?.matchConstraints ?? {}, asked, deps);
  if (!kind) return [];
  const form = await askedAs(asked, kind);
  const found: Found[] = [];
  for (const binding of bindings) {
    if (!(await isBound(binding.spec?.matchResources, asked, deps))) continue;
    const asking = { policy, binding, seen: { asked, form, operation, authorizer: deps.authorizer } };
    found.push(...(await findingsOfBinding(asking, deps)));
  }
  return found;
}

interface Asking {
  policy: ValidatingAdmissionPolicy;
  binding: BoundPolicy['bindings'][number];
  seen: { asked: Asked; form: Asked; operation: Operation; authorizer: Authorizer };
}

async function findingsOfBinding({ policy, binding, seen }: Asking, deps: PolicyDeps): Promise<Found[]> {
  const { name } = policy.metadata;
  const mayFail = policy.spec?.failurePolicy === 'Ignore';
  const { asked, operation } = seen;
  // CEL is loaded by the first policy that is asked.
  const { evaluateAll } = await import('./evaluateAll.ts');
  try {
    const isInNamespace = asked.kind.resource.namespaced && asked.namespace !== undefined;
    const namespaceObject = isInNamespace ? await deps.namespace(asked.namespace ?? '') : undefined;
    const params = await paramsOf(
      policy.spec ?? {},
      binding.spec ?? {},
      isInNamespace ? asked.namespace : undefined,
      deps,
    );
    return evaluateAll(policy, seen, { params, namespaceObject, mayFail }).flatMap((finding) => {
      for (const [key, value] of finding.auditAnnotations)
        operation.notes?.auditAnnotations.set(`${name}/${key}`, value);
      return finding.failures.map((failure) => foundBy(name, binding, failure));
    });
  } catch (err) {
    // The configuration is at fault, which is no matter of what the binding does with findings.
    if (mayFail) return [];
    return [{ ...foundBy(name, binding, { message: (err as Error).message }), actions: ['Deny'] }];
  }
}
