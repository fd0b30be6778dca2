/** What is wrong with expressions, for who writes them. */
import type { Environment } from '@marcbachmann/cel-js';
import { type FieldError, fieldInvalid } from '../../../api/errors.ts';
import { compileCel } from '../../cel/environment.ts';
import { structsAsMaps } from '../../cel/structs.ts';
import { mutationEnvironment, policyEnvironment } from '../policies/compile.ts';
import type { Found } from './found.ts';
import { admissionEnvironment } from './variables.ts';

/** `variables` are those that a policy has itself. */
export function expressionErrors(
  found: readonly Found[],
  variables: readonly { name: string }[],
): FieldError[] {
  const environments: Record<Found['where'], Environment> = {
    policy: policyEnvironment(variables),
    webhook: admissionEnvironment(),
    mutation: mutationEnvironment(variables),
  };
  return found.flatMap((one) => errorsOf(one, environments[one.where]));
}

function errorsOf({ field, text, where, type }: Found, env: Environment): FieldError[] {
  try {
    const made = compileCel(env, where === 'mutation' ? structsAsMaps(text) : text);
    if (type === undefined || made.type === type || made.type === 'dyn') return [];
    return [fieldInvalid(field, text, `must evaluate to ${type}`)];
  } catch (err) {
    return [fieldInvalid(field, text, (err as Error).message)];
  }
}
