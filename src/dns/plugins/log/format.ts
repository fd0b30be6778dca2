/** `{name}` and the like → a line. https://coredns.io/plugins/log/#log-format */
import type { Query } from '../../contract.ts';
import type { Message } from '../../wire/message.ts';
import { className, rcodeName, typeName } from '../../wire/types.ts';

export interface Asked {
  query: Query;
  reply: Message;
  /** Of the answer as it was sent. */
  bytes: number;
  tookMs: number;
}

const words: Readonly<Record<string, (asked: Asked) => string | number>> = {
  type: ({ query }) => typeName(query.question.type),
  name: ({ query }) => query.question.name,
  class: ({ query }) => className(query.question.class),
  proto: ({ query }) => query.client.protocol,
  remote: ({ query }) => bracketed(query.client.address),
  port: ({ query }) => query.client.port,
  size: ({ query }) => query.size,
  rcode: ({ reply }) => rcodeName(reply.rcode),
  rsize: ({ bytes }) => bytes,
  duration: ({ tookMs }) => `${Number((tookMs / 1000).toFixed(9))}s`,
  '>rflags': ({ reply }) => flagsOf(reply),
  '>bufsize': ({ query }) => query.message.edns?.udpSize ?? 512,
  '>do': ({ query }) => String(query.message.edns?.dnssecOk ?? false),
  '>id': ({ query }) => query.message.id,
  '>opcode': ({ query }) => query.message.opcode,
};

/** Throws when the format has a word that is not known. */
export function writerOf(format: string): (asked: Asked) => string {
  const parts = format.split(/(\{[^{}]*\})/).map((part): ((asked: Asked) => string | number) => {
    if (!part.startsWith('{')) return () => part;
    const word = words[part.slice(1, -1)];
    if (!word) throw new Error(`"${part}" is not supported in a format`);
    return word;
  });
  return (asked) => parts.map((part) => part(asked)).join('');
}

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);

function flagsOf(m: Message): string {
  const flags: [boolean, string][] = [
    [m.response, 'qr'],
    [m.authoritative, 'aa'],
    [m.truncated, 'tc'],
    [m.recursionDesired, 'rd'],
    [m.recursionAvailable, 'ra'],
    [m.authenticData, 'ad'],
    [m.checkingDisabled, 'cd'],
  ];
  return flags.flatMap(([isSet, name]) => (isSet ? name : [])).join(',');
}
