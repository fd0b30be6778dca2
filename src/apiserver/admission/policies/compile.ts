/** The expressions of a ValidatingAdmissionPolicy, compiled. */
import type { Environment } from '@marcbachmann/cel-js';
import type { ValidatingAdmissionPolicy } from '../../../api/types.ts';
import { compileCel, type Expression } from '../../cel/environment.ts';
import { registerUnder } from '../../cel/named.ts';
import { admissionEnvironment } from '../dynamic/variables.ts';

interface Named {
  readonly name: string;
  readonly expression: Expression;
}

export interface CompiledPolicy {
  readonly conditions: readonly Named[];
  readonly variables: readonly Named[];
  readonly validations: readonly CompiledValidation[];
  readonly auditAnnotations: readonly Named[];
}

export interface CompiledValidation {
  readonly text: string;
  readonly expression: Expression;
  readonly message?: string;
  readonly messageExpression?: Expression;
  readonly reason?: string;
}

type VariableNames = readonly { name: string }[] | undefined;

/** What the expressions of a policy know beside the operation itself: also its own variables. */
export function policyEnvironment(variables: VariableNames): Environment {
  const env = admissionEnvironment(['params', 'namespaceObject']);
  const schema = Object.fromEntries((variables ?? []).map(({ name }) => [name, 'dyn']));
  env.registerVariable('variables', { schema });
  return env;
}

/** Of mutations, which also write JSON pointers. */
export function mutationEnvironment(variables: VariableNames): Environment {
  const env = policyEnvironment(variables);
  const escapeKey = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');
  registerUnder(env, 'jsonpatch', { 'escapeKey(string): string': escapeKey });
  return env;
}

const known = new WeakMap<ValidatingAdmissionPolicy, CompiledPolicy>();

/** Compiled once; a policy that changes is another object. */
export function compiledPolicy(policy: ValidatingAdmissionPolicy): CompiledPolicy {
  const before = known.get(policy);
  if (before) return before;
  const made = compile(policy);
  known.set(policy, made);
  return made;
}

const namedIn =
  (env: Environment) =>
  ({ name, expression }: { name: string; expression: string }): Named => ({
    name,
    expression: compileCel(env, expression),
  });

type Spec = NonNullable<ValidatingAdmissionPolicy['spec']>;

/** What policies of either sort have. */
export const compileShared = (
  env: Environment,
  { matchConditions = [], variables = [] }: Pick<Spec, 'matchConditions' | 'variables'>,
): Pick<CompiledPolicy, 'conditions' | 'variables'> => ({
  conditions: matchConditions.map(namedIn(env)),
  variables: variables.map(namedIn(env)),
});

function compile({ spec = {} }: ValidatingAdmissionPolicy): CompiledPolicy {
  const env = policyEnvironment(spec.variables);
  const { validations = [], auditAnnotations = [] } = spec;
  return {
    ...compileShared(env, spec),
    validations: validations.map(({ expression, message, messageExpression, reason }) => ({
      text: expression,
      expression: compileCel(env, expression),
      ...(message && { message }),
      ...(messageExpression && { messageExpression: compileCel(env, messageExpression) }),
      ...(reason && { reason }),
    })),
    auditAnnotations: auditAnnotations.map(({ key, valueExpression }) =>
      namedIn(env)({ name: key, expression: valueExpression }),
    ),
  };
}
