/** Reading the documentation out of the generated models of `@kubernetes/client-node`. */

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);

/** What the model of `discovery/v1.EndpointPort` may be called: the longer name where two groups share the shorter. */
export function modelNames(message: string): string[] {
  const [, group = '', version = '', type = ''] = /^(.*)\/(.*)\.(.*)$/.exec(message) ?? [];
  return [`${capital(group)}${capital(version)}${type}`, `${capital(version)}${type}`];
}

/** The text of each field, and of the model itself under the empty name. */
export function describeModel(model: string, fields: readonly string[]): Record<string, string> {
  const described: Record<string, string> = {};
  const whole = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export declare class/.exec(model)?.[1];
  if (whole) described[''] = textOf(whole);
  const byModelName = new Map(fields.map((field) => [modelName(field), field]));
  for (const [, comment = '', name = ''] of model.matchAll(
    /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*'([^']+)'\??:/g,
  )) {
    const field = byModelName.get(name);
    if (field !== undefined) described[field] = textOf(comment);
  }
  return described;
}

/** Field names that are words of the models' language stand there with a stroke before them. */
const reserved: ReadonlySet<string> = new Set(['continue', 'default', 'enum', 'from', 'int']);

const modelName = (field: string) => (reserved.has(field) ? `_${field}` : field);

const textOf = (comment: string) =>
  comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trim())
    .join(' ')
    .replaceAll(/\\(['"`])/g, '$1')
    .trim();
