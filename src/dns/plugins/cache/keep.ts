/** Whether an answer may be kept, and for how long. */
import type { Message } from '../../wire/message.ts';
import { rcode, recordType } from '../../wire/types.ts';

export type Sort = 'success' | 'denial';

/** `undefined`: not to be kept. The ttl, in seconds, is what the answer itself says. */
export function keepable(
  reply: Message,
  servfailTtl = 0,
): { sort: Sort; ttl: number; isFailure?: true } | undefined {
  if (reply.truncated || reply.notes?.silent) return undefined;
  if (reply.rcode === rcode.NOERROR && reply.answers.length > 0) {
    return { sort: 'success', ttl: Math.min(...reply.answers.map((record) => record.ttl)) };
  }
  if (reply.rcode === rcode.SERVFAIL && servfailTtl > 0)
    return { sort: 'denial', ttl: servfailTtl, isFailure: true };
  if (reply.rcode !== rcode.NOERROR && reply.rcode !== rcode.NXDOMAIN) return undefined;
  // RFC 2308 section 5: a denial lives as long as the zone's SOA record says, and without one not at all.
  const soa = reply.authorities.find((record) => record.type === recordType.SOA);
  return soa?.data.kind === 'soa' ? { sort: 'denial', ttl: Math.min(soa.ttl, soa.data.minimum) } : undefined;
}
