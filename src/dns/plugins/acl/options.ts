/** The lines of `acl` in a Corefile: each a rule, the first that fits decides. */
import { type Cidr, formatAddress, hostRange, parseAddress, parseCidr } from '../../../lib/ip.ts';
import { CorefileError, type Directive } from '../../corefile/parse.ts';
import { typeOf } from '../../wire/types.ts';

const actions = ['allow', 'block', 'filter', 'drop'] as const;
export type Action = (typeof actions)[number];

export interface Rule {
  action: Action;
  /** Types of questions; all when undefined. */
  types: ReadonlySet<number> | undefined;
  nets: readonly Cidr[];
}

export function ruleOf({ name, args, block, line }: Directive): Rule {
  const action = actions.find((each) => each === name);
  if (!action || block.length > 0)
    throw new CorefileError(line, `acl: a rule is one of ${actions.join(', ')}, not "${name}"`);
  const sections = sectionsOf(args, line);
  const types = sections.get('type') ?? [];
  const nets = sections.get('net') ?? [];
  if (types.length === 0 && nets.length === 0)
    throw new CorefileError(line, `acl: write \`${action} [type TYPES...] [net SOURCES...]\``);
  return {
    action,
    types:
      types.length === 0 || types.includes('*') ? undefined : new Set(types.map((t) => knownType(t, line))),
    nets: nets.length === 0 || nets.includes('*') ? everywhere : nets.map(netOf),
  };
}

const everywhere = ['0.0.0.0/0', '::/0'].map(parseCidr);

function sectionsOf(args: readonly string[], line: Directive['line']): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const arg of args) {
    if (arg === 'type' || arg === 'net') {
      current = [];
      sections.set(arg, current);
    } else if (current) current.push(arg);
    else throw new CorefileError(line, `acl: "${arg}" stands where \`type\` or \`net\` should`);
  }
  return sections;
}

function knownType(text: string, line: Directive['line']): number {
  const type = typeOf(text);
  if (type === undefined) throw new CorefileError(line, `acl: "${text}" is no type`);
  return type;
}

const netOf = (text: string): Cidr =>
  parseCidr(text.includes('/') ? text : hostRange(formatAddress(parseAddress(text))));
