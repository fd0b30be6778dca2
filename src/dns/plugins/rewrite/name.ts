/** `name`: another name is asked for, and the answer is made to look as if it had not been. */
import { askedAs } from '../../chain.ts';
import { CorefileError, type Line } from '../../corefile/parse.ts';
import { takeRegexp } from '../../corefile/regexp.ts';
import type { Message, RecordData, ResourceRecord } from '../../wire/message.ts';
import { filled, matching, replacing, takeMatcher } from './matcher.ts';
import type { MakeRule } from './rule.ts';

type Rename = (name: string) => string | undefined;

/** What is done to the names of records, and to the names in them. */
interface AnswerRules {
  auto: boolean;
  names: Rename[];
  values: Rename[];
}

export const nameRule: MakeRule = (words, extra, line) => {
  const { matcher, rest } = takeMatcher(words);
  const [from, to, ...more] = rest;
  if (from === undefined || to === undefined)
    throw new CorefileError(line, 'rewrite: write `name [MATCHER] FROM TO [answer ...]`');
  const rules = answerRules([more, ...extra], line);
  const find = matching(matcher, from, line);
  if (matcher === 'regex') expectGroups(takeRegexp('rewrite', from, line), to, line);
  const { there, back } = replacing(matcher, from, to);
  const isAuto = rules.auto || matcher === 'exact';
  // Who says nothing of answers wants them for the name that was asked for.
  const restoresNames = isAuto || (rules.names.length === 0 && rules.values.length === 0);
  return (query) => {
    const match = find(query.name);
    const name = match && there(query.name, match);
    if (name === undefined || name === query.name) return undefined;
    const restoring = [renaming(name, query.question.name), ...(back ? [back] : [])];
    const names = [...(restoresNames ? restoring : []), ...rules.names];
    const values = [...(isAuto ? restoring : []), ...rules.values];
    return {
      query: askedAs(query, { ...query.question, name }),
      reply: (message) => renamed(message, names, values),
    };
  };
};

/** A name, and what is below it, as another one. */
function renaming(from: string, to: string): Rename {
  return (name) => {
    const lower = name.toLowerCase();
    if (lower === from) return to;
    return lower.endsWith(`.${from}`) ? name.slice(0, -from.length) + to : undefined;
  };
}

/** `answer auto`, `answer name FROM TO`, `answer value FROM TO`, as many as come. */
function answerRules(lines: readonly (readonly string[])[], line: Line): AnswerRules {
  const rules: AnswerRules = { auto: false, names: [], values: [] };
  const words = lines.flat();
  while (words.length > 0) {
    const [answer, kind = '', from, to] = words.splice(0, words[1] === 'auto' ? 2 : 4);
    if (answer === 'answer' && kind === 'auto') rules.auto = true;
    else if (
      answer === 'answer' &&
      (kind === 'name' || kind === 'value') &&
      from !== undefined &&
      to !== undefined
    ) {
      const regexp = takeRegexp('rewrite', from, line);
      expectGroups(regexp, to, line);
      rules[`${kind}s`].push((name) => {
        const found = regexp.exec(name.toLowerCase());
        return found ? filled(to, { groups: found.map((group) => group ?? '') }) : undefined;
      });
    } else
      throw new CorefileError(
        line,
        'rewrite: write `answer auto`, `answer name FROM TO` or `answer value FROM TO`',
      );
  }
  if (rules.auto && rules.names.length > 0)
    throw new CorefileError(line, 'rewrite: `answer auto` does not go with `answer name`');
  return rules;
}

/** What stands in `{3}` must be there. */
function expectGroups(regexp: RegExp, to: string, line: Line): void {
  const { length } = new RegExp(`${regexp.source}|`, regexp.flags).exec('') ?? [];
  const beyond = [...to.matchAll(/\{(\d+)\}/g)].find(([, n]) => Number(n) >= (length ?? 1));
  if (beyond)
    throw new CorefileError(line, `rewrite: ${beyond[0]} is more than /${regexp.source}/ has groups`);
}

function renamed(message: Message, names: readonly Rename[], values: readonly Rename[]): Message {
  const change = (records: readonly ResourceRecord[]) =>
    records.map((record) => ({
      ...record,
      name: first(names, record.name),
      data: values.length === 0 ? record.data : dataWith(record.data, (name) => first(values, name)),
    }));
  return {
    ...message,
    answers: change(message.answers),
    authorities: change(message.authorities),
    additionals: change(message.additionals),
  };
}

function first(rules: readonly Rename[], name: string): string {
  for (const rule of rules) {
    const found = rule(name);
    if (found !== undefined) return found.endsWith('.') ? found : `${found}.`;
  }
  return name;
}

function dataWith(data: RecordData, change: (name: string) => string): RecordData {
  switch (data.kind) {
    case 'name':
      return { ...data, name: change(data.name) };
    case 'srv':
      return { ...data, target: change(data.target) };
    case 'mx':
      return { ...data, exchange: change(data.exchange) };
    case 'soa':
      return { ...data, mname: change(data.mname), rname: change(data.rname) };
    default:
      return data;
  }
}
