/**
 * Which objects are meant: by labels (`app=web,tier in (front,back),!old`), by fields
 * (`spec.nodeName=node-1`), or by the `selector` of an object.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
import { badRequest } from './errors.ts';
import type { Kind } from './kind.ts';
import { tokenize } from './labelSelectorTokens.ts';
import { isLabelValue, isQualifiedName } from './names.ts';
import type { KubeObject, LabelSelector } from './types.ts';

export interface Requirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | 'absent' | 'gt' | 'lt';
  readonly values: readonly string[];
}

/** All of its requirements must hold; without any, everything matches. */
export type Selector = readonly Requirement[];

/** Matches no object: no value is in an empty set. */
const NOTHING: Selector = [{ key: '', operator: 'in', values: [] }];

/** The `selector` of an object: none at all selects nothing, an empty one everything. */
export function labelSelector(selector: LabelSelector | undefined): Selector {
  if (selector === undefined) return NOTHING;
  const equal = Object.entries(selector.matchLabels ?? {}).map(
    ([key, value]): Requirement => ({ key, operator: 'in', values: [value] }),
  );
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values = [] }): Requirement => ({ key, operator: operatorOf(operator), values }),
  );
  return [...equal, ...expressions];
}

function operatorOf(operator: string): Requirement['operator'] {
  switch (operator) {
    case 'In':
      return 'in';
    case 'NotIn':
      return 'notin';
    case 'Exists':
      return 'exists';
    case 'DoesNotExist':
      return 'absent';
    default:
      throw new Error(`"${operator}" is not a valid label selector operator`);
  }
}

export const matchesLabels = (selector: Selector, labels: Record<string, string> | undefined): boolean =>
  selector.every((r) => holds(r, labels?.[r.key]));

function holds({ operator, values }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'in':
      return value !== undefined && values.includes(value);
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case 'absent':
      return value === undefined;
    case 'gt':
      return value !== undefined && Number.parseInt(value, 10) > Number(values[0]);
    case 'lt':
      return value !== undefined && Number.parseInt(value, 10) < Number(values[0]);
  }
}

/** `app=web,tier in (back,front)`: the text of an object's `selector`; `/scale` and `-o wide` show it. */
export const formatLabelSelector = (selector: LabelSelector | undefined): string =>
  selector === undefined ? '' : formatSelector(labelSelector(selector));

export function formatSelector(selector: Selector): string {
  return selector
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(formatRequirement)
    .join(',');
}

function formatRequirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'exists':
      return key;
    case 'absent':
      return `!${key}`;
    case 'gt':
      return `${key}>${values[0]}`;
    case 'lt':
      return `${key}<${values[0]}`;
    case 'in':
      if (values.length === 1) return `${key}=${values[0]}`;
      return `${key} in (${values.toSorted().join(',')})`;
    case 'notin':
      if (values.length === 1) return `${key}!=${values[0]}`;
      return `${key} notin (${values.toSorted().join(',')})`;
  }
}

/** The text after `-l`. Throws a 400 that says which word was not expected. */
export function parseLabelSelector(text: string): Selector {
  const words = tokenize(text);
  const requirements: Requirement[] = [];
  while (words.peek() !== undefined) {
    requirements.push(parseRequirement(words));
    const separator = words.next();
    if (separator === undefined) break;
    if (separator !== ',') throw unexpected(separator, "',' or 'end of string'");
    const following = words.peek();
    if (!isIdentifier(following) && following !== '!') throw unexpected(following, "identifier after ','");
  }
  return requirements;
}

type Words = ReturnType<typeof tokenize>;

const isIdentifier = (word: string | undefined): word is string =>
  word !== undefined && !/^[=!(),<>]+$/.test(word);

const unexpected = (word: string | undefined, expected: string) =>
  badRequest(`unable to parse requirement: found '${word ?? ''}', expected: ${expected}`);

function parseRequirement(words: Words): Requirement {
  const absent = words.peek() === '!';
  if (absent) words.next();
  const key = words.next();
  if (!isIdentifier(key)) throw unexpected(key, absent ? 'identifier' : "!, identifier, or 'end of string'");
  if (absent) return checked({ key, operator: 'absent', values: [] });
  const next = words.peek();
  if (next === undefined || next === ',') return checked({ key, operator: 'exists', values: [] });
  return checked(parseComparison(key, words));
}

function parseComparison(key: string, words: Words): Requirement {
  const operator = words.next();
  switch (operator) {
    case '=':
    case '==':
      return { key, operator: 'in', values: [parseExactValue(words)] };
    case '!=':
      return { key, operator: 'notin', values: [parseExactValue(words)] };
    case '>':
      return { key, operator: 'gt', values: [parseExactValue(words)] };
    case '<':
      return { key, operator: 'lt', values: [parseExactValue(words)] };
    case 'in':
    case 'notin':
      return { key, operator, values: parseValues(words) };
    default:
      throw unexpected(operator, 'in, notin, =, ==, !=, gt, lt');
  }
}

function parseExactValue(words: Words): string {
  const next = words.peek();
  if (next === undefined || next === ',') return '';
  words.next();
  if (!isIdentifier(next)) throw unexpected(next, 'identifier');
  return next;
}

/** `(a,b)`; between two commas stands the empty text. */
function parseValues(words: Words): string[] {
  const open = words.next();
  if (open !== '(') throw unexpected(open, "'('");
  const values: string[] = [];
  let last = '';
  for (;;) {
    const word = words.next();
    if (word === ')' || word === ',') {
      values.push(last);
      last = '';
      if (word === ')') return [...new Set(values)];
    } else if (isIdentifier(word) && last === '') last = word;
    else throw unexpected(word, "',' or ')'");
  }
}

function checked(r: Requirement): Requirement {
  const wrong = isQualifiedName(r.key).map((why) => `key: Invalid value: ${JSON.stringify(r.key)}: ${why}`);
  if (r.operator === 'gt' || r.operator === 'lt') {
    if (!/^[+-]?\d+$/.test(r.values[0] ?? ''))
      wrong.push(
        `values[0]: Invalid value: ${JSON.stringify(r.values[0])}: for 'Gt', 'Lt' operators, the value must be an integer`,
      );
  } else
    for (const [i, value] of r.values.entries())
      for (const why of isLabelValue(value))
        wrong.push(`values[${i}][${r.key}]: Invalid value: ${JSON.stringify(value)}: ${why}`);
  if (wrong.length === 0) return r;
  throw badRequest(`unable to parse requirement: ${wrong.length === 1 ? wrong[0] : `[${wrong.join(', ')}]`}`);
}

export interface FieldRequirement {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/** The text of `--field-selector`: `a=b,c!=d`; `\,`, `\=` and `\\` stand for themselves. Throws a 400. */
export function parseFieldSelector(text: string): FieldRequirement[] {
  const terms = text.match(/(?:\\.|[^,\\])+/gs) ?? [];
  return terms.map((term) => {
    const found = /^((?:\\.|[^\\=!])*)(==|!=|=)(.*)$/s.exec(term);
    if (!found) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const [, field = '', operator, value = ''] = found;
    return { field, equal: operator !== '!=', value: unescapeValue(value) };
  });
}

function unescapeValue(value: string): string {
  if (/^(?:[^\\=]|\\[\\,=])*$/.test(value)) return value.replace(/\\(.)/g, '$1');
  throw badRequest(
    `invalid field selector: invalid value ${JSON.stringify(value)}: '=' and '\\' must be escaped`,
  );
}

/** Throws a 400 when the selector names a field that this kind cannot be selected by. */
export function checkFieldSelector(kind: Kind, selector: readonly FieldRequirement[]): void {
  for (const { field } of selector)
    if (!fieldReader(kind, field)) throw badRequest(`field label not supported: ${field}`);
}

export const matchesFields = (kind: Kind, selector: readonly FieldRequirement[], obj: KubeObject): boolean =>
  selector.every(({ field, equal, value }) => (fieldReader(kind, field)?.(obj) === value) === equal);

function fieldReader(kind: Kind, field: string): ((obj: KubeObject) => string) | undefined {
  if (field === 'metadata.name') return (obj) => obj.metadata.name;
  if (field === 'metadata.namespace' && kind.resource.namespaced)
    return (obj) => obj.metadata.namespace ?? '';
  return kind.selectableFields?.[field];
}
