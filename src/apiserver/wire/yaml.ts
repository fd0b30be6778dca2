/**
 * YAML bodies as Kubernetes reads them: YAML 1.1 for scalars (`0644` is octal, `yes` is true), of which
 * times and sexagesimal numbers stay text (`12:30` is a port mapping, not 750).
 * https://pkg.go.dev/sigs.k8s.io/yaml
 */
import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import { badRequest, type StatusError } from '../../api/errors.ts';
import type { Parsed } from './json.ts';
import { checkTree, maxDepth, tooDeep } from './tree.ts';

/** Loaded with the first body in YAML: most servers never see one. */
const require = createRequire(import.meta.url);
let loaded: typeof Yaml | undefined;
const library = () => (loaded ??= require('yaml') as typeof Yaml);

const leftOut = new Set([
  'tag:yaml.org,2002:timestamp',
  'tag:yaml.org,2002:binary',
  'tag:yaml.org,2002:omap',
  'tag:yaml.org,2002:pairs',
  'tag:yaml.org,2002:set',
]);

/** Against "billion laughs": how often aliases may stand for what they name. */
const maxAliasCount = 100;

/** Text that a reader of YAML 1.1 or 1.2 would take for something else (`yes`, `012`, `0o17`, a time) stands in quotes. */
const written = {
  schema: 'yaml-1.1',
  compat: 'core',
  aliasDuplicateObjects: false,
  lineWidth: 0,
} as const;

/** A value as one document of YAML. */
export const stringifyYaml = (value: object): string => library().stringify(value, written);

/** One document of YAML as a value. */
export function parseYaml(text: string): Parsed {
  refuseDeepFlow(text);
  try {
    return read(text);
  } catch (err) {
    if (err instanceof RangeError) throw tooDeep();
    if (err instanceof ReferenceError) throw malformed(err.message);
    throw err;
  }
}

function read(text: string): Parsed {
  const yaml = library();
  const documents = yaml.parseAllDocuments(text, {
    version: '1.1',
    uniqueKeys: false,
    logLevel: 'silent',
    customTags: (tags) =>
      tags.filter((tag) => typeof tag === 'string' || !(leftOut.has(tag.tag) || tag.format === 'TIME')),
  });
  const [first, ...more] = Array.isArray(documents) ? documents : [];
  if (!first) return { value: null, duplicates: [] };
  const wrong = first.errors[0];
  if (wrong) throw malformed(wrong.message.split('\n')[0] ?? '');
  if (more.length > 0) throw malformed('a body holds one document, found a second one after ---');
  const value: unknown = first.toJS({ maxAliasCount });
  checkTree(value);
  const duplicates: string[] = [];
  findDuplicates(yaml, first.contents, text, duplicates);
  return { value, duplicates };
}

const malformed = (why: string): StatusError =>
  badRequest(`couldn't get version/kind; error converting YAML to JSON: yaml: ${why}`);

/** The library's composer recurses; brackets are the only way to nest deeply in few bytes. */
function refuseDeepFlow(text: string): void {
  let depth = 0;
  for (const c of text.matchAll(/[[\]{}]/g)) {
    if (c[0] === '[' || c[0] === '{') depth++;
    else if (depth > 0) depth--;
    if (depth > 16 * maxDepth) throw tooDeep();
  }
}

/** Told in the words of Go's reader of YAML. */
function findDuplicates(yaml: typeof Yaml, node: unknown, text: string, found: string[]): void {
  if (yaml.isSeq(node)) {
    for (const item of node.items) findDuplicates(yaml, item, text, found);
    return;
  }
  if (!yaml.isMap(node)) return;
  const seen = new Set<string>();
  for (const pair of node.items) {
    const key = String(yaml.isScalar(pair.key) ? pair.key.value : pair.key);
    if (seen.has(key) && key !== '<<')
      found.push(`line ${lineOf(yaml, pair.key, text)}: key ${JSON.stringify(key)} already set in map`);
    seen.add(key);
    findDuplicates(yaml, pair.value, text, found);
  }
}

const lineOf = (yaml: typeof Yaml, node: unknown, text: string): number =>
  text.slice(0, yaml.isNode(node) ? node.range?.[0] : 0).split('\n').length;
