/** Records as lines of a zone file (RFC 1035 section 5), so that tests read like one. */
import type { Message, RecordData, ResourceRecord } from '../wire/message.ts';
import { rcodeName, typeName } from '../wire/types.ts';

export const zoneLine = ({ name, ttl, type, data }: ResourceRecord): string =>
  `${name} ${ttl} ${typeName(type)} ${dataText(data)}`;

/** `NXDOMAIN` or the like, unless it is NOERROR, then the answers, and after a `;` with its name each other section. */
export function zoneText(reply: Message): string[] {
  const section = (name: string, records: readonly ResourceRecord[]) =>
    records.length === 0 ? [] : [`; ${name}`, ...records.map(zoneLine)];
  return [
    ...(reply.rcode === 0 ? [] : [rcodeName(reply.rcode)]),
    ...reply.answers.map(zoneLine),
    ...section('authority', reply.authorities),
    ...section('additional', reply.additionals),
  ];
}

function dataText(data: RecordData): string {
  switch (data.kind) {
    case 'address':
      return data.address;
    case 'name':
      return data.name;
    case 'srv':
      return `${data.priority} ${data.weight} ${data.port} ${data.target}`;
    case 'mx':
      return `${data.preference} ${data.exchange}`;
    case 'soa':
      return `${data.mname} ${data.rname} ${data.serial} ${data.refresh} ${data.retry} ${data.expire} ${data.minimum}`;
    case 'text':
      return data.texts.map((text) => JSON.stringify(text)).join(' ');
    case 'bytes':
      return `\\# ${data.bytes.length} ${Buffer.from(data.bytes).toString('hex')}`;
  }
}
