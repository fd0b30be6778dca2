/** `name`: another name is asked for, and the answer is made to look as if it had not been. */
import { askedAs } from '../../chain.ts';
import { CorefileError, type Line } from '../../corefile/parse.ts';
import type { Message, RecordData, ResourceRecord } from '../../wire/message.ts';
import { compiled, filled, matching, replacing, takeMatcher } from './matcher.ts';
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
  if (rules.auto && (matcher === 'substring' || matcher === 'regex'))
    throw new CorefileError(
      line,
      `rewrite: answer auto does not go with ${matcher}; write answer name FROM TO`,
    );
  const find = matching(matcher, from, line);
  const { there, back } = replacing(matcher, from, to);
  const isAuto = rules.auto || (rules.names.length === 0 && rules.values.length === 0);
  return (query) => {
    const match = find(query.name);
    const name = match && there(query.name, match);
    if (name === undefined || name === query.name) return undefined;
    const own: Rename = (each) => (each.toLowerCase() === name ? query.question.name : undefined);
    const names = [...(isAuto ? [own, ...(back ? [back] : [])] : []), ...rules.names];
    const values = [...(rules.auto && back ? [back] : []), ...rules.values];
    return {
      query: askedAs(query, { ...query.question, name }),
      reply: (message) => renamed(message, names, values),
    };
  };
};

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
      const regexp = compiled(from, line);
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
  return rules;
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
    default:
      return data;
  }
}
