import type { Reply, SetUp } from '../../contract.ts';
import { CorefileError, type Directive } from '../../corefile/parse.ts';
import { classOf, recordClass } from '../../wire/types.ts';
import { ednsRule } from './edns.ts';
import { classRule, cnameRule, rcodeRule, ttlRule, typeRule } from './fields.ts';
import { nameRule } from './name.ts';
import type { MakeRule } from './rule.ts';

const fields: Readonly<Record<string, MakeRule>> = {
  name: nameRule,
  type: typeRule,
  class: classRule,
  ttl: ttlRule,
  rcode: rcodeRule,
  cname: cnameRule,
  edns0: ednsRule,
};

/** Changes questions, and answers on their way back. Rules come in their order; one that fits is the last, unless it says `continue`. */
export const rewrite: SetUp = (directive, { resolve }) => {
  const { isLast, words, extra } = wordsOf(directive);
  const [field = '', ...rest] = words;
  const make = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (!make)
    throw new CorefileError(
      directive.line,
      `rewrite: a field is one of ${Object.keys(fields).join(', ')}, not "${field}"`,
    );
  const rule = make(rest, extra, directive.line, resolve);
  const [, from = ''] = words;
  return {
    name: 'rewrite',
    ...(field === 'class' && classOf(from) === recordClass.CH && { knowsChaos: true }),
    handle(query, next) {
      const rewritten = query.isRewritten ? undefined : rule(query);
      if (!rewritten) return next(query);
      const { query: changed, reply: change } = rewritten;
      const finish = (message: Awaited<Reply>): Reply => {
        const own = { ...message, questions: query.message.questions };
        return change ? change(own) : own;
      };
      const reply = next(isLast ? { ...changed, isRewritten: true } : changed);
      return reply instanceof Promise ? reply.then(finish) : finish(reply);
    },
  };
};

/** `rewrite [continue|stop] FIELD …`, on one line or as a block whose first line is the rule. */
function wordsOf({ args, block, line }: Directive) {
  const [first = ''] = args;
  const hasAction = first === 'continue' || first === 'stop';
  const own = hasAction ? args.slice(1) : args;
  const lines = block.map((each) => [each.name, ...each.args]);
  if (block.some((each) => each.block.length > 0))
    throw new CorefileError(line, 'rewrite: a block within the block');
  const [words = [], ...extra] = own.length > 0 ? [own, ...lines] : lines;
  return { isLast: first !== 'continue', words, extra };
}
