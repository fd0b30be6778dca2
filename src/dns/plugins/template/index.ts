import { Counter, type Registry } from 'prom-client';
import { askFor, mapReply } from '../../chain.ts';
import type { Query, Reply, SetUp } from '../../contract.ts';
import { type Message, type Notes, replyTo } from '../../wire/message.ts';
import { isWithin, zoneOf } from '../../wire/name.ts';
import { parseRecord } from '../../wire/text.ts';
import { className, rcode, recordClass, recordType, typeLabel, typeName } from '../../wire/types.ts';
import type { Data } from './expand.ts';
import { isMeant, type Options, optionsOf, type Template } from './options.ts';

/** Makes answers from the question by rules. https://coredns.io/plugins/template/ */
export const template: SetUp = (directive, { zones, server, metrics, resolve }) => {
  const options = optionsOf(directive, zones);
  const counts = metrics('template', countersIn);
  return {
    name: 'template',
    ...(options.class !== recordClass.IN && { knowsChaos: true }),
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
        type: typeLabel(question.type),
      };
      if (data) {
        counts.matches.inc(labels);
        const failed: Failed = (kind, section, template) =>
          counts[kind].inc({ ...labels, section, template: template.text });
        return followed(answer(message, options, data, failed), query, resolve);
      }
      if (options.fallthrough.some((each) => isWithin(name, each))) return next(query);
      return { ...replyTo(message, rcode.SERVFAIL), notes: { by: 'template' } };
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

const countersIn = (registry: Registry) => {
  const ofQuestion = ['server', 'zone', 'view', 'class', 'type'];
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: `coredns_template_${name}_total`, help, labelNames, registers: [registry] });
  const ofTemplate = [...ofQuestion, 'section', 'template'];
  return {
    matches: counter('matches', 'Questions that a template answered.', ofQuestion),
    templateFailures: counter('template_failures', 'Templates that could not be expanded.', ofTemplate),
    rrFailures: counter('rr_failures', 'Templates that made no record.', ofTemplate),
  };
};

type Failed = (
  kind: 'templateFailures' | 'rrFailures',
  section: 'answer' | 'authority' | 'additional',
  template: Template,
) => void;

function answer(message: Message, options: Options, data: Data, failed: Failed): Message {
  const records = (section: Parameters<Failed>[1], templates: readonly Template[]) =>
    templates.map((template) => {
      const text = orCount(
        () => template.expand(data),
        () => failed('templateFailures', section, template),
      );
      return orCount(
        () => parseRecord(text),
        () => failed('rrFailures', section, template),
      );
    });
  return {
    ...replyTo(message, options.rcode),
    authoritative: true,
    answers: records('answer', options.answers),
    authorities: records('authority', options.authorities),
    additionals: records('additional', options.additionals),
    notes: { by: 'template', ...extendedError(options) },
  };
}

function orCount<T>(make: () => T, count: () => void): T {
  try {
    return make();
  } catch (err) {
    count();
    throw err;
  }
}

/** Who asks for an address is also told what is behind an alias. */
function followed(reply: Message, query: Query, resolve: (query: Query) => Reply): Reply {
  const { type } = query.question;
  const alias = reply.answers.findLast((record) => record.type === recordType.CNAME);
  if (alias?.data.kind !== 'name' || (type !== recordType.A && type !== recordType.AAAA)) return reply;
  return mapReply(resolve(askFor(query, alias.data.name, type)), (behind) => ({
    ...reply,
    answers: [...reply.answers, ...behind.answers],
  }));
}

/** Option 15 of EDNS (RFC 8914 section 2). */
function extendedError({ extendedError: error }: Options): Notes {
  if (!error) return {};
  const code = Buffer.of(error.code >> 8, error.code & 255);
  return { options: [{ code: 15, data: Buffer.concat([code, Buffer.from(error.reason)]) }] };
}
