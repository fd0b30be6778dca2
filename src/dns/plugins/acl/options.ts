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
  const action = actions.find((each) => each === name.toLowerCase());
  if (!action || block.length > 0)
    throw new CorefileError(line, `acl: a rule is one of ${actions.join(', ')}, not "${name}"`);
  const { type = ['*'], net = ['*'] } = sectionsOf(args, line);
  return {
    action,
    types: type.includes('*') ? undefined : new Set(type.map((each) => knownType(each, line))),
    nets: net.includes('*') ? everywhere : net.map((each) => netOf(each, line)),
  };
}

const everywhere = ['0.0.0.0/0', '::/0'].map(parseCidr);

type Sections = Partial<Record<'type' | 'net', string[]>>;

function sectionsOf(args: readonly string[], line: Directive['line']): Sections {
  const sections: Sections = {};
  let current: string[] | undefined;
  for (const arg of args) {
    const section = arg.toLowerCase();
    if (section === 'type' || section === 'net') current = sections[section] = [];
    else if (current) current.push(arg);
    else throw new CorefileError(line, `acl: "${arg}" stands where \`type\` or \`net\` should`);
  }
  for (const [section, values] of Object.entries(sections))
    if (values.length === 0) throw new CorefileError(line, `acl: nothing stands behind \`${section}\``);
  return sections;
}

function knownType(text: string, line: Directive['line']): number {
  const type = typeOf(text);
  if (type === undefined) throw new CorefileError(line, `acl: "${text}" is no type`);
  return type;
}

function netOf(text: string, line: Directive['line']): Cidr {
  try {
    return parseCidr(text.includes('/') ? text : hostRange(formatAddress(parseAddress(text))));
  } catch {
    throw new CorefileError(line, `acl: "${text}" is neither an address nor a range`);
  }
}
