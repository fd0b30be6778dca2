/** Rules of one idea each: `type`, `class`, `ttl`, `rcode`, `cname`. */
import { askedAs, askFor, mapReply } from '../../chain.ts';
import { CorefileError, type Line } from '../../corefile/parse.ts';
import { takeNumber } from '../../corefile/values.ts';
import { cnameRecord, type Message, type ResourceRecord } from '../../wire/message.ts';
import { classOf, rcodeOf, recordType, typeOf } from '../../wire/types.ts';
import { matching, replacing, takeMatcher } from './matcher.ts';
import { expectEnd, type MakeRule } from './rule.ts';

const known = (
  what: string,
  text: string | undefined,
  of: (text: string) => number | undefined,
  line: Line,
) => {
  const found = of(text ?? '');
  if (found === undefined) throw new CorefileError(line, `rewrite: "${text ?? ''}" is no ${what}`);
  return found;
};

export const typeRule: MakeRule = (words, _extra, line) => {
  const [from, to] = words;
  expectEnd(words, 2, line);
  const [own, other] = [known('type', from, typeOf, line), known('type', to, typeOf, line)];
  return (query) =>
    query.question.type === own ? { query: askedAs(query, { ...query.question, type: other }) } : undefined;
};

export const classRule: MakeRule = (words, _extra, line) => {
  const [from, to] = words;
  expectEnd(words, 2, line);
  const [own, other] = [known('class', from, classOf, line), known('class', to, classOf, line)];
  return (query) =>
    query.question.class === own ? { query: askedAs(query, { ...query.question, class: other }) } : undefined;
};

/** Seconds, `SECONDS` or a range `FROM-TO` with either end left out, that ttls are brought into. */
export const ttlRule: MakeRule = (words, _extra, line) => {
  const { matcher, rest } = takeMatcher(words);
  const [from, seconds = ''] = rest;
  const [least = '', most = least] = seconds.split('-');
  if (from === undefined) throw new CorefileError(line, 'rewrite: write `ttl [MATCHER] NAME SECONDS`');
  expectEnd(rest, 2, line);
  const low = takeNumber('rewrite: ttl', least || '0', line);
  const high = most === '' ? 2 ** 31 - 1 : takeNumber('rewrite: ttl', most, line, { least: low });
  const find = matching(matcher, from, line);
  const clamp = (records: readonly ResourceRecord[]) =>
    records.map((record) => ({ ...record, ttl: Math.min(high, Math.max(low, record.ttl)) }));
  return (query) =>
    find(query.name) && {
      query,
      reply: (m) => ({
        ...m,
        answers: clamp(m.answers),
        authorities: clamp(m.authorities),
        additionals: clamp(m.additionals),
      }),
    };
};

export const rcodeRule: MakeRule = (words, _extra, line) => {
  const { matcher, rest } = takeMatcher(words);
  const [name, from, to] = rest;
  if (name === undefined) throw new CorefileError(line, 'rewrite: write `rcode [MATCHER] NAME FROM TO`');
  expectEnd(rest, 3, line);
  const [own, other] = [known('code', from, rcodeOf, line), known('code', to, rcodeOf, line)];
  const find = matching(matcher, name, line);
  return (query) =>
    find(query.name) && { query, reply: (m) => (m.rcode === own ? { ...m, rcode: other } : m) };
};

/** An alias in the answer leads elsewhere, and what is there is looked up. */
export const cnameRule: MakeRule = (words, _extra, line, resolve) => {
  const { matcher, rest } = takeMatcher(words);
  const [from, to] = rest;
  if (from === undefined || to === undefined)
    throw new CorefileError(line, 'rewrite: write `cname [MATCHER] FROM TO`');
  expectEnd(rest, 2, line);
  const find = matching(matcher, from, line);
  const { there } = replacing(matcher, from, to);
  return (query) => ({
    query,
    reply(message) {
      const at = message.answers.findIndex(
        ({ type, data }) =>
          type === recordType.CNAME && data.kind === 'name' && find(data.name.toLowerCase()) !== undefined,
      );
      const alias = message.answers[at];
      if (alias?.data.kind !== 'name') return message;
      const name = alias.data.name.toLowerCase();
      const target = there(name, find(name) ?? { groups: [] });
      const before = [...message.answers.slice(0, at), cnameRecord(alias.name, alias.ttl, target)];
      if (query.question.type === recordType.CNAME) return { ...message, answers: before };
      return mapReply(
        resolve(askFor(query, target, query.question.type)),
        (behind): Message => ({
          ...message,
          rcode: behind.rcode,
          answers: [...before, ...behind.answers],
        }),
      );
    },
  });
};
