import type { Environment } from '@marcbachmann/cel-js';

/** Functions that stand under a name: `format.named('uri')`. By their signatures. */
export function registerUnder(
  env: Environment,
  name: string,
  functions: Readonly<Record<string, (...args: never[]) => unknown>>,
): void {
  const type = `${name}Library`;
  const Library = class {};
  env.registerType(type, { ctor: Library, fields: {} });
  env.registerConstant(name, type, new Library());
  for (const [signature, work] of Object.entries(functions))
    env.registerFunction(`${type}.${signature}`, (_: object, ...args: never[]) => work(...args));
}
