/** What is asked of the cluster, and what is found. */
import type { Lasting, ResourceRecord } from '../../wire/message.ts';
import { recordType } from '../../wire/types.ts';

export interface Asked {
  /** As the question has it: its case is kept in the answer. */
  name: string;
  /** Canonical. */
  canonical: string;
  type: number;
  /** The zone that the name is in, canonical. */
  zone: string;
  /** Seconds. */
  ttl: number;
}

/** What a name has: records of the asked type (none: NODATA), another name, or nothing as it does not exist (NXDOMAIN). */
export type Found =
  | { answers: ResourceRecord[]; additionals?: ResourceRecord[]; lasting?: Lasting }
  | { alias: string }
  | undefined;

export const noData: Found = { answers: [] };

/** Whether an address is of the type that is asked for. */
export const isAsked = (type: number, address: string): boolean =>
  type === recordType.ANY || type === (address.includes(':') ? recordType.AAAA : recordType.A);
