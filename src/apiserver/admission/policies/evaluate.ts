/** What a policy says of one operation with one set of parameters. */
import { allHold } from '../dynamic/conditions.ts';
import type { Variables } from '../dynamic/variables.ts';
import type { CompiledPolicy, CompiledValidation } from './compile.ts';

export interface Failure {
  /** Which of the validations; absent when none of them could be asked. */
  index?: number;
  message: string;
  reason?: string;
}

export interface Finding {
  failures: readonly Failure[];
  auditAnnotations: ReadonlyMap<string, string>;
}

const nothing: Finding = { failures: [], auditAnnotations: new Map() };

/** `mayFail` is the failure policy `Ignore`: an expression that has no value denies nothing. */
export function evaluatePolicy(policy: CompiledPolicy, given: Variables, mayFail: boolean): Finding {
  const values = withVariables(policy, given);
  const failure = (message: string): Failure[] => (mayFail ? [] : [{ message }]);
  const { holds, error } = allHold(policy.conditions, values);
  if (error !== undefined) return { ...nothing, failures: failure(error) };
  if (!holds) return nothing;
  const failures = policy.validations.flatMap((validation, index): Failure[] => {
    try {
      if (validation.expression.evaluate(values) === true) return [];
    } catch (err) {
      const why = `expression '${validation.text}' resulted in error: ${(err as Error).message}`;
      return failure(why).map((one) => ({ ...one, index }));
    }
    const { reason } = validation;
    return [{ index, message: messageOf(validation, values), ...(reason && { reason }) }];
  });
  const auditAnnotations = new Map<string, string>();
  for (const { name, expression } of policy.auditAnnotations)
    try {
      const value = expression.evaluate(values);
      if (typeof value === 'string' && value.trim() !== '') auditAnnotations.set(name, value);
    } catch (err) {
      failures.push(...failure(`valueExpression '${name}' resulted in error: ${(err as Error).message}`));
    }
  return { failures, auditAnnotations };
}

/** Variables are worked out when they are used, each once. */
export function withVariables({ variables }: Pick<CompiledPolicy, 'variables'>, given: Variables): Variables {
  const lazy = {};
  const values = { ...given, variables: lazy };
  for (const { name, expression } of variables) {
    let known: { value: unknown } | undefined;
    const get = () => (known ??= { value: expression.evaluate(values) }).value;
    Object.defineProperty(lazy, name, { enumerable: true, get });
  }
  return values;
}

function messageOf({ text, message, messageExpression }: CompiledValidation, values: Variables): string {
  const plain = message?.trim() || `failed expression: ${text.trim()}`;
  if (!messageExpression) return plain;
  try {
    const told = messageExpression.evaluate(values);
    return typeof told === 'string' && isMessage(told) ? told.trim() : plain;
  } catch {
    return plain;
  }
}

const isMessage = (text: string) => text.trim() !== '' && !text.trim().includes('\n');
