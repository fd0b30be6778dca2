/** What sort of answer a reply is, by the words of `class`. */
import type { Message } from '../../wire/message.ts';
import { rcode, recordType } from '../../wire/types.ts';

export const classes = ['success', 'denial', 'error', 'all'] as const;
export type Class = (typeof classes)[number];

export function classOf({ rcode: code, answers, authorities }: Message): Class {
  if (code === rcode.NXDOMAIN) return 'denial';
  if (code !== rcode.NOERROR) return 'error';
  // An empty answer with the zone's SOA record says that there is none of this type (RFC 2308 section 2.2).
  const isNoData = answers.length === 0 && authorities.some(({ type }) => type === recordType.SOA);
  return isNoData ? 'denial' : 'success';
}
