/** Conditions under which a webhook or policy is asked. https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-matchconditions */
import { compileCel, type Expression } from '../../cel/environment.ts';
import { admissionEnvironment, inTime, type Seen, type Variables, variablesOf } from './variables.ts';

export interface Condition {
  name: string;
  expression: string;
}

interface Met {
  /** Whether all of them do. */
  holds: boolean;
  /** Why that cannot be said; none of the others denies it. */
  error?: string;
}

/** Compiled once for a configuration, which is another object after every change. */
const compiled = new WeakMap<readonly Condition[], { name: string; expression: Expression }[]>();

/** Of a webhook. */
export function conditionsHold(conditions: readonly Condition[], seen: Seen): Met {
  let known = compiled.get(conditions);
  if (!known) {
    const env = admissionEnvironment();
    known = conditions.map(({ name, expression }) => ({ name, expression: compileCel(env, expression) }));
    compiled.set(conditions, known);
  }
  const all = known;
  try {
    return inTime(() => allHold(all, variablesOf(seen)));
  } catch (err) {
    return { holds: false, error: (err as Error).message };
  }
}

export function allHold(
  conditions: readonly { name: string; expression: Expression }[],
  variables: Variables,
): Met {
  const errors: string[] = [];
  for (const { name, expression } of conditions)
    try {
      if (expression.evaluate(variables) !== true) return { holds: false };
    } catch (err) {
      errors.push(`expression '${name}' resulted in error: ${(err as Error).message}`);
    }
  return errors.length === 0 ? { holds: true } : { holds: false, error: errors.join('; ') };
}
