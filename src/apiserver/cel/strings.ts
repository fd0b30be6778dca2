/**
 * https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-regex-library and the strings library of
 * cel-go, as far as the evaluator does not have it itself.
 */
import type { Environment } from '@marcbachmann/cel-js';
import { patternOf } from '../../api/jsonschema/validate.ts';

export function registerStrings(env: Environment): void {
  env.registerFunction('string.find(string): string', (text: string, pattern: string) => {
    return patternOf(pattern).exec(text)?.[0] ?? '';
  });
  const findAll = (text: string, pattern: string, limit = -1n) => {
    const compiled = patternOf(pattern);
    const found = [...text.matchAll(new RegExp(compiled, `${compiled.flags}g`))].map(([whole]) => whole);
    return limit < 0n ? found : found.slice(0, Number(limit));
  };
  env.registerFunction('string.findAll(string): list<string>', findAll);
  env.registerFunction('string.findAll(string, int): list<string>', findAll);
  env.registerFunction('string.charAt(int): string', (text: string, i: bigint) => {
    if (i < 0n || i > BigInt(text.length)) throw new Error(`index out of range: ${i}`);
    return text.charAt(Number(i));
  });
  env.registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
    text.replaceAll(from, () => to),
  );
  env.registerFunction(
    'string.replace(string, string, int): string',
    (text: string, from: string, to: string, times: bigint) => replaced(text, from, to, Number(times)),
  );
  env.registerFunction('string.reverse(): string', (text: string) => text.split('').reverse().join(''));
}

function replaced(text: string, from: string, to: string, times: number): string {
  if (times < 0) return text.replaceAll(from, () => to);
  let done = text;
  let start = 0;
  for (let i = 0; i < times; i++) {
    const at = done.indexOf(from, start);
    if (at < 0) break;
    done = done.slice(0, at) + to + done.slice(at + from.length);
    start = at + to.length;
  }
  return done;
}
