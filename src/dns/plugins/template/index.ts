import { Counter } from 'prom-client';
import type { Query, SetUp } from '../../contract.ts';
import { type Message, type Notes, replyTo } from '../../wire/message.ts';
import { isWithin, zoneOf } from '../../wire/name.ts';
import { parseRecord } from '../../wire/text.ts';
import { className, rcode, typeName } from '../../wire/types.ts';
import type { Data } from './expand.ts';
import { isMeant, type Options, optionsOf } from './options.ts';

/** Makes answers from the question by rules. https://coredns.io/plugins/template/ */
export const template: SetUp = (directive, { zones, server, metrics }) => {
  const options = optionsOf(directive, zones);
  const counts = metrics('template', (to) => {
    const labelNames = ['server', 'zone', 'view', 'class', 'type'];
    const counter = (name: string, help: string) =>
      new Counter({ name: `coredns_template_${name}_total`, help, labelNames, registers: [to] });
    return {
      matches: counter('matches', 'Questions that a template answered.'),
      failures: counter('template_failures', 'Answers that were no records.'),
    };
  });
  return {
    name: 'template',
    handle(query, next) {
      const { question, name, message } = query;
      const zone = zoneOf(name, options.zones);
      if (
        zone === undefined ||
        !isMeant(options.class, question.class) ||
        !isMeant(options.type, question.type)
      )
        return next(query);
      const data = dataOf(query, zone, options.matches);
      const labels = {
        server,
        zone,
        view: '',
        class: className(question.class),
        type: typeName(question.type),
      };
      if (data) {
        counts.matches.inc(labels);
        try {
          return answer(message, options, data);
        } catch (err) {
          counts.failures.inc(labels);
          throw err;
        }
      }
      if (options.fallthrough.some((each) => isWithin(name, each))) return next(query);
      return { ...replyTo(message, rcode.NXDOMAIN), notes: { by: 'template' } };
    },
    again: () => undefined,
  };
};

function dataOf(
  { name, question, client }: Query,
  zone: string,
  matches: readonly RegExp[],
): Data | undefined {
  for (const regexp of matches) {
    const match = regexp.exec(name);
    if (!match) continue;
    const groups = Object.entries(match.groups ?? {}).map(([key, value]) => [key, value ?? '']);
    return {
      Name: name,
      Zone: zone,
      Class: className(question.class),
      Type: typeName(question.type),
      Remote: client.address,
      Match: match.map((text) => text ?? ''),
      Group: {
        ...Object.fromEntries(match.map((text, i) => [String(i), text ?? ''])),
        ...Object.fromEntries(groups),
      },
    };
  }
  return undefined;
}

function answer(message: Message, options: Options, data: Data): Message {
  const records = (templates: Options['answers']) => templates.map((make) => parseRecord(make(data)));
  return {
    ...replyTo(message, options.rcode),
    authoritative: true,
    answers: records(options.answers),
    authorities: records(options.authorities),
    additionals: records(options.additionals),
    notes: { by: 'template', ...extendedError(options) },
  };
}

/** Option 15 of EDNS (RFC 8914 section 2). */
function extendedError({ extendedError: error }: Options): Notes {
  if (!error) return {};
  const code = Buffer.of(error.code >> 8, error.code & 255);
  return { options: [{ code: 15, data: Buffer.concat([code, Buffer.from(error.reason)]) }] };
}
