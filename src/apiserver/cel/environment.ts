/**
 * CEL with the functions that Kubernetes adds to it. Loaded only by who has an expression to evaluate.
 * https://kubernetes.io/docs/reference/using-api/cel/
 */
import { Environment } from '@marcbachmann/cel-js';
import { registerAddresses } from './addresses.ts';
import { registerFormats } from './formats.ts';
import { registerLists } from './lists.ts';
import { registerQuantities } from './quantities.ts';
import { registerStrings } from './strings.ts';
import { registerUrls } from './urls.ts';

let base: Environment | undefined;

/** An environment with these variables, whose values are of any type. */
export function celEnvironment(variables: readonly string[]): Environment {
  base ??= withLibrary();
  const made = base.clone();
  for (const name of variables) made.registerVariable(name, 'dyn');
  return made;
}

function withLibrary(): Environment {
  const env = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false });
  for (const register of [
    registerLists,
    registerStrings,
    registerUrls,
    registerQuantities,
    registerAddresses,
    registerFormats,
  ])
    register(env);
  return env;
}

export interface Expression {
  /** The type of its value, `dyn` when that shows only later. */
  readonly type: string;
  /** @throws {Error} why there is no value. */
  evaluate(variables: Readonly<Record<string, unknown>>): unknown;
  /** For who looks at what it names. */
  readonly ast: unknown;
}

/** @throws {Error} saying in one line what is wrong with the expression. */
export function compileCel(env: Environment, text: string): Expression {
  const refused = (err: unknown, what = '') =>
    new Error(`compilation failed: ERROR: <input>: ${what}${firstLine((err as Error).message)}`);
  let parsed: ReturnType<Environment['parse']>;
  try {
    parsed = env.parse(text);
  } catch (err) {
    throw refused(err, 'Syntax error: ');
  }
  const checked = parsed.check();
  if (!checked.valid) throw refused(checked.error);
  return {
    type: checked.type ?? 'dyn',
    ast: parsed.ast,
    evaluate(variables) {
      try {
        return parsed({ ...variables }) as unknown;
      } catch (err) {
        throw new Error(firstLine((err as Error).message), { cause: err });
      }
    },
  };
}

const firstLine = (text: string) => text.split('\n')[0] ?? '';
