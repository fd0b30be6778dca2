/** A policy from its file: strictly, as a rule that is not understood would be one that is not kept. */
import { parseDocument } from 'yaml';
import { type AuditPolicy, levels, type PolicyRule, stages } from './policy.ts';

/** Throws an `Error` that names everything that is wrong with the text (YAML or JSON). */
export function readPolicy(text: string): AuditPolicy {
  const document = parseDocument(text);
  const wrong = document.errors.map(({ message }) => message.split('\n')[0] ?? '');
  const value: unknown = wrong.length > 0 ? undefined : document.toJS();
  if (wrong.length === 0) wrong.push(...faultsOf(value));
  if (wrong.length > 0) throw new Error(`Cannot use the audit policy: ${wrong.join('; ')}`);
  const { rules, omitStages, omitManagedFields } = value as AuditPolicy;
  return { rules, ...(omitStages && { omitStages }), ...(omitManagedFields && { omitManagedFields }) };
}

type Check = (value: unknown, at: string) => string[];

const text: Check = (value, at) => (typeof value === 'string' ? [] : [`${at}: must be a string`]);
const flag: Check = (value, at) => (typeof value === 'boolean' ? [] : [`${at}: must be true or false`]);
const anything: Check = () => [];

const oneOf =
  (known: readonly string[]): Check =>
  (value, at) =>
    known.includes(value as string)
      ? []
      : [
          `${at}: Unsupported value: ${JSON.stringify(value)}: supported values: ${known.map((k) => JSON.stringify(k)).join(', ')}`,
        ];

const listOf =
  (check: Check): Check =>
  (value, at) =>
    Array.isArray(value) ? value.flatMap((item, i) => check(item, `${at}[${i}]`)) : [`${at}: must be a list`];

const fields =
  (known: Readonly<Record<string, Check>>): Check =>
  (value, at) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([name, field]) => {
          const where = at ? `${at}.${name}` : name;
          return known[name]?.(field, where) ?? [`${where}: unknown field`];
        })
      : [`${at || 'the policy'}: must be an object`];

const rule = fields({
  level: oneOf(levels),
  users: listOf(text),
  userGroups: listOf(text),
  verbs: listOf(text),
  resources: listOf(fields({ group: text, resources: listOf(text), resourceNames: listOf(text) })),
  namespaces: listOf(text),
  nonResourceURLs: listOf(text),
  omitStages: listOf(oneOf(stages)),
  omitManagedFields: flag,
});

const policy = fields({
  apiVersion: oneOf(['audit.k8s.io/v1']),
  kind: oneOf(['Policy']),
  metadata: anything,
  rules: listOf(rule),
  omitStages: listOf(oneOf(stages)),
  omitManagedFields: flag,
});

function faultsOf(value: unknown): string[] {
  const wrong = policy(value, '');
  if (wrong.length > 0) return wrong;
  const { apiVersion, kind, rules = [] } = value as Partial<AuditPolicy> & Record<string, unknown>;
  if (apiVersion === undefined || kind === undefined)
    return ['it must say apiVersion: audit.k8s.io/v1 and kind: Policy'];
  if (rules.length === 0) return ['it has no rules'];
  return rules.flatMap((one, i) => faultsOfRule(one, `rules[${i}]`));
}

/** What Kubernetes refuses in a rule, in its words. */
function faultsOfRule(
  { level, resources = [], namespaces = [], nonResourceURLs = [] }: PolicyRule,
  at: string,
): string[] {
  const wrong: string[] = [];
  if (level === undefined) wrong.push(`${at}.level: Required value`);
  if (nonResourceURLs.length > 0 && resources.length + namespaces.length > 0)
    wrong.push(`${at}.nonResourceURLs: rules cannot apply to both regular resources and non-resource URLs`);
  for (const [i, url] of nonResourceURLs.entries()) {
    const where = `${at}.nonResourceURLs[${i}]`;
    if (url !== '*' && !url.startsWith('/'))
      wrong.push(`${where}: non-resource URL rules must begin with a '/' character`);
    if (url !== '' && url.slice(0, -1).includes('*'))
      wrong.push(`${where}: non-resource URL wildcards '*' must be the final character of the rule`);
  }
  for (const [i, { group = '', resources: names = [], resourceNames = [] }] of resources.entries()) {
    if (group.includes('/')) wrong.push(`${at}.resources[${i}].group: must be a group, without a version`);
    if (resourceNames.length > 0 && names.length === 0)
      wrong.push(`${at}.resources[${i}].resourceNames: using resourceNames requires at least one resource`);
  }
  return wrong;
}
