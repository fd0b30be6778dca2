/**
 * The part of JSONPath that printer columns and selectable fields are written in: members, indexes, `*`,
 * slices, and filters that compare (`[?(@.type=="Ready")]`).
 * https://kubernetes.io/docs/reference/kubectl/jsonpath/
 */
import { isObject } from './jsonValue.ts';
export type JsonPath = (value: unknown) => unknown[];

type Step = (value: unknown) => unknown[];

/** @throws {Error} saying what in the path is not understood. */
export function parseJsonPath(text: string): JsonPath {
  const steps: Step[] = [];
  let rest = text
    .trim()
    .replace(/^\{(.*)\}$/s, '$1')
    .replace(/^\$/, '');
  while (rest !== '') {
    const { step, length } = nextStep(rest, text);
    steps.push(step);
    rest = rest.slice(length);
  }
  return (value) => steps.reduce<unknown[]>((values, step) => values.flatMap(step), [value]);
}

interface Found {
  step: Step;
  length: number;
}

function nextStep(rest: string, whole: string): Found {
  const recursive = /^\.\.((?:\\.|[^.[\]\s\\])+)/.exec(rest);
  if (recursive) return { step: anywhere(unescaped(recursive[1] ?? '')), length: recursive[0].length };
  const member = /^\.((?:\\.|[^.[\]\s\\])+)/.exec(rest);
  if (member) {
    const name = member[1] ?? '';
    return { step: name === '*' ? all : named(unescaped(name)), length: member[0].length };
  }
  const bracket = bracketOf(rest);
  if (bracket === undefined)
    throw new Error(`Cannot read the path ${whole}: unexpected ${JSON.stringify(rest)}`);
  return { step: inBrackets(bracket, whole), length: bracket.length + 2 };
}

const unescaped = (name: string) => name.replace(/\\(.)/g, '$1');

/** What stands in the brackets that the text begins with; quotes may hold brackets. */
function bracketOf(text: string): string | undefined {
  if (!text.startsWith('[')) return undefined;
  let depth = 0;
  let quote = '';
  for (const [i, c] of text.split('').entries()) {
    if (quote !== '') quote = c === quote ? '' : quote;
    else if (c === '"' || c === "'") quote = c;
    else if (c === '[') depth++;
    else if (c === ']' && --depth === 0) return text.slice(1, i);
  }
  return undefined;
}

function inBrackets(inside: string, whole: string): Step {
  const text = inside.trim();
  if (text === '*') return all;
  const quoted = /^(['"])(.*)\1$/s.exec(text);
  if (quoted) return named(unescaped(quoted[2] ?? ''));
  if (/^-?\d+$/.test(text))
    return (value) => (Array.isArray(value) ? value.slice(...indexOf(Number(text))) : []);
  const slice = /^(-?\d*):(-?\d*)$/.exec(text);
  if (slice) {
    const [from, to] = [slice[1] ? Number(slice[1]) : 0, slice[2] ? Number(slice[2]) : undefined];
    return (value) => (Array.isArray(value) ? (value.slice(from, to) as unknown[]) : []);
  }
  const filter = /^\?\((.*)\)$/s.exec(text);
  if (filter) return filtered(filter[1] ?? '', whole);
  throw new Error(`Cannot read the path ${whole}: unexpected [${inside}]`);
}

const indexOf = (i: number): [number, number | undefined] => [i, i === -1 ? undefined : i + 1];

const named =
  (name: string): Step =>
  (value) =>
    isObject(value) && Object.hasOwn(value, name) ? [value[name]] : [];

const all: Step = (value) =>
  Array.isArray(value) ? (value as unknown[]) : isObject(value) ? Object.values(value) : [];

const anywhere =
  (name: string): Step =>
  (value) => [...named(name)(value), ...all(value).flatMap(anywhere(name))];

const comparisons: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => isOrdered(a, b) && (a as number) < (b as number),
  '<=': (a, b) => isOrdered(a, b) && (a as number) <= (b as number),
  '>': (a, b) => isOrdered(a, b) && (a as number) > (b as number),
  '>=': (a, b) => isOrdered(a, b) && (a as number) >= (b as number),
};

const isOrdered = (a: unknown, b: unknown) =>
  typeof a === typeof b && (typeof a === 'number' || typeof a === 'string');

function filtered(condition: string, whole: string): Step {
  const found = /^\s*@((?:[^=!<>]|\\.)*?)\s*(?:(==|!=|<=|>=|<|>)\s*(.+?))?\s*$/s.exec(condition);
  if (!found) throw new Error(`Cannot read the path ${whole}: unexpected condition ${condition}`);
  const [, left = '', operator, right = ''] = found;
  const path = parseJsonPath(left);
  if (operator === undefined) return (value) => all(value).filter((item) => path(item).length > 0);
  const compare = comparisons[operator];
  const literal = literalOf(right);
  return (value) => all(value).filter((item) => path(item).some((one) => compare?.(one, literal)));
}

function literalOf(text: string): unknown {
  const quoted = /^(['"])(.*)\1$/s.exec(text);
  if (quoted) return unescaped(quoted[2] ?? '');
  if (text === 'true' || text === 'false') return text === 'true';
  return Number.isNaN(Number(text)) ? text : Number(text);
}
