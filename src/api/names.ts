/**
 * What may stand in a name, a label, a port's name, … Each function returns what is wrong, in
 * Kubernetes' words; an empty list means that the text is fine.
 * Rules: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and …/labels/
 */
interface Rule {
  readonly pattern: string;
  readonly regex: RegExp;
  readonly says: string;
  readonly examples: readonly string[];
}

const rule = (pattern: string, says: string, examples: readonly string[]): Rule => ({
  pattern,
  regex: new RegExp(`^(?:${pattern})$`),
  says,
  examples,
});

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const dnsLabel = rule(
  LABEL,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  ['my-name', '123-abc'],
);
const dnsSubdomain = rule(
  `${LABEL}(\\.${LABEL})*`,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  ['example.com'],
);
const dns1035Label = rule(
  '[a-z]([-a-z0-9]*[a-z0-9])?',
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  ['my-name', 'abc-123'],
);
const qualifiedName = rule(
  QUALIFIED,
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ['MyName', 'my.name', '123-abc'],
);
const labelValue = rule(
  `(${QUALIFIED})?`,
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ['MyValue', 'my_value', '12345'],
);
const configKey = rule(
  '[-._a-zA-Z0-9]+',
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  ['key.name', 'KEY_NAME', 'key-name'],
);
const percent = rule('[0-9]+%', "a valid percent string must be a numeric string followed by an ending '%'", [
  '1%',
  '93%',
]);
const headerName = rule(
  '[-A-Za-z0-9]+',
  "a valid HTTP header must consist of alphanumeric characters or '-'",
  ['X-Header-Name'],
);

/** The odd comma and spaces between examples are Kubernetes' own, and people search for them. */
const explain = ({ says, examples, pattern }: Rule) =>
  `${says} (e.g. ${examples.map((e) => `'${e}', `).join(' or ')}regex used for validation is '${pattern}')`;

const matches = (text: string, r: Rule) => (r.regex.test(text) ? [] : [explain(r)]);

const tooLong = (text: string, max: number) =>
  Buffer.byteLength(text) > max ? [`must be no more than ${max} bytes`] : [];

const within = (text: string, max: number, r: Rule) => [...tooLong(text, max), ...matches(text, r)];

export const isDnsLabel = (text: string) => within(text, 63, dnsLabel);
export const isDns1035Label = (text: string) => within(text, 63, dns1035Label);
export const isDnsSubdomain = (text: string) => within(text, 253, dnsSubdomain);
export const isLabelValue = (text: string) => within(text, 63, labelValue);
export const isPercent = (text: string) => matches(text, percent);
export const isHttpHeaderName = (text: string) => matches(text, headerName);

/** Keys of labels, annotations, finalizers, resources: `name` or `example.com/name`. */
export function isQualifiedName(text: string): string[] {
  const parts = text.split('/');
  if (parts.length > 2)
    return [
      `a qualified name ${explain(qualifiedName)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  const wrong: string[] = [];
  if (prefix === '') wrong.push('prefix part must be non-empty');
  else if (prefix !== undefined) wrong.push(...isDnsSubdomain(prefix).map((w) => `prefix part ${w}`));
  if (name === '') wrong.push('name part must be non-empty');
  else wrong.push(...within(name, 63, qualifiedName).map((w) => `name part ${w}`));
  return wrong;
}

/** Keys of a ConfigMap or a Secret. */
export function isConfigKey(text: string): string[] {
  const wrong = within(text, 253, configKey);
  if (text === '.') wrong.push("must not be '.'");
  else if (text === '..') wrong.push("must not be '..'");
  else if (text.startsWith('..')) wrong.push("must not start with '..'");
  return wrong;
}

/** Names of ports of containers (RFC 6335, 5.1): at most 15 characters, at least one letter. */
export function isPortName(text: string): string[] {
  const wrong = tooLong(text, 15);
  if (!/^[-a-z0-9]+$/.test(text))
    wrong.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(text)) wrong.push('must contain at least one letter (a-z)');
  if (text.includes('--')) wrong.push('must not contain consecutive hyphens');
  if (text.startsWith('-') || text.endsWith('-')) wrong.push('must not begin or end with a hyphen');
  return wrong;
}

export const isPortNumber = (port: number): string[] =>
  port >= 1 && port <= 65535 ? [] : ['must be between 1 and 65535, inclusive'];

/** Since 1.34 everything that can be printed, but `=`. */
export function isEnvVarName(text: string): string[] {
  const wrong = text === '' ? ['environment variable name must be non-empty'] : [];
  if (!/^[ -<>-~]+$/.test(text))
    wrong.push(
      "a valid environment variable name must consist only of printable ASCII characters other than '='",
    );
  return wrong;
}

/** Names of kinds that need no DNS form: whatever is one segment of a path. */
export function isPathSegment(text: string): string[] {
  if (text === '.' || text === '..') return [`may not be '${text}'`];
  return ['/', '%'].filter((c) => text.includes(c)).map((c) => `may not contain '${c}'`);
}
