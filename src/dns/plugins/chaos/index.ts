import { hostname } from 'node:os';
import type { SetUp } from '../../contract.ts';
import { noted, type ResourceRecord, replyTo } from '../../wire/message.ts';
import { rcode, recordClass, recordType } from '../../wire/types.ts';

/** Answers `version.bind` and the like in the class CHAOS. https://coredns.io/plugins/chaos/ */
export const chaos: SetUp = ({ args }) => {
  const [version = 'Switchboard', ...authors] = args;
  const texts: Readonly<Record<string, readonly string[]>> = {
    'version.bind.': [version],
    'version.server.': [version],
    'hostname.bind.': [hostname()],
    'id.server.': [hostname()],
    'authors.bind.': authors,
  };
  return {
    name: 'chaos',
    knowsChaos: true,
    handle(query, next) {
      const { question, name, message } = query;
      if (question.class !== recordClass.CH) return next(query);
      const found = Object.hasOwn(texts, name) ? texts[name] : undefined;
      if (!found || question.type !== recordType.TXT) return replyTo(message, rcode.REFUSED);
      const answers = found.map(
        (text): ResourceRecord => ({
          name: question.name,
          type: recordType.TXT,
          class: recordClass.CH,
          ttl: 0,
          data: { kind: 'text', texts: [text] },
        }),
      );
      return noted({ ...replyTo(message), authoritative: true, answers }, { by: 'chaos' });
    },
    again: () => undefined,
  };
};
