/** DNS messages as values (RFC 1035 section 4, EDNS0: RFC 6891). */
import { recordClass, recordType } from './types.ts';

export interface Question {
  name: string;
  type: number;
  class: number;
}

export interface Soa {
  mname: string;
  rname: string;
  serial: number;
  refresh: number;
  retry: number;
  expire: number;
  minimum: number;
}

export type RecordData =
  | { kind: 'address'; address: string }
  | { kind: 'name'; name: string }
  | ({ kind: 'soa' } & Soa)
  | { kind: 'srv'; priority: number; weight: number; port: number; target: string }
  | { kind: 'mx'; preference: number; exchange: string }
  | { kind: 'text'; texts: readonly string[] }
  | { kind: 'bytes'; bytes: Uint8Array };

export interface ResourceRecord {
  name: string;
  type: number;
  class: number;
  /** Seconds. */
  ttl: number;
  data: RecordData;
}

export interface Edns {
  /** The largest UDP message that the sender takes. */
  udpSize: number;
  version: number;
  dnssecOk: boolean;
  /** Code and bytes, as they come. */
  options: readonly { code: number; data: Uint8Array }[];
}

export interface Message {
  id: number;
  response: boolean;
  opcode: number;
  authoritative: boolean;
  truncated: boolean;
  recursionDesired: boolean;
  recursionAvailable: boolean;
  checkingDisabled: boolean;
  authenticData: boolean;
  /** With the upper bits of EDNS. */
  rcode: number;
  questions: readonly Question[];
  answers: readonly ResourceRecord[];
  authorities: readonly ResourceRecord[];
  additionals: readonly ResourceRecord[];
  edns?: Edns;
  notes?: Notes;
}

/** What this process says to itself about a reply; nothing of it is sent as such. */
export interface Notes {
  /** The plugin that gave it. */
  by?: string;
  /** No answer at all. */
  silent?: true;
  /** The largest UDP message to send, whatever the client takes beyond it. */
  udpSize?: number;
  /** To be sent to those who sent an OPT record. */
  options?: Edns['options'];
  /** The answer is the same until this is stale. */
  lasting?: Lasting;
  /** To be called before its bytes, without an OPT record, are given again to a client of a family. */
  again?: (bytes: Uint8Array, family: 4 | 6) => void;
}

/** Shared by all answers that one change makes wrong. */
export interface Lasting {
  stale: boolean;
}

/** Adds to what is noted of a reply. */
export const noted = (message: Message, notes: Notes): Message => ({
  ...message,
  notes: { ...message.notes, ...notes },
});

/** A question of our own, with nothing beside it. */
export const questionMessage = (id: number, name: string, type: number): Message => ({
  id,
  response: false,
  opcode: 0,
  authoritative: false,
  truncated: false,
  recursionDesired: true,
  recursionAvailable: false,
  checkingDisabled: false,
  authenticData: false,
  rcode: 0,
  questions: [{ name, type, class: recordClass.IN }],
  answers: [],
  authorities: [],
  additionals: [],
});

/** The beginning of every answer: the query's id, question and flags, and nothing said yet. */
export function replyTo(query: Message, rcode = 0): Message {
  return {
    id: query.id,
    response: true,
    opcode: query.opcode,
    authoritative: false,
    truncated: false,
    recursionDesired: query.recursionDesired,
    // We ask upstreams for whoever asks us to.
    recursionAvailable: query.recursionDesired,
    checkingDisabled: query.checkingDisabled,
    authenticData: false,
    rcode,
    questions: query.questions,
    answers: [],
    authorities: [],
    additionals: [],
  };
}

const record = (name: string, type: number, ttl: number, data: RecordData): ResourceRecord => ({
  name,
  type,
  class: recordClass.IN,
  ttl,
  data,
});

/** An A or AAAA record, as the address is. */
export const addressRecord = (name: string, ttl: number, address: string): ResourceRecord =>
  record(name, address.includes(':') ? recordType.AAAA : recordType.A, ttl, { kind: 'address', address });
export const cnameRecord = (name: string, ttl: number, target: string): ResourceRecord =>
  record(name, recordType.CNAME, ttl, { kind: 'name', name: target });
export const ptrRecord = (name: string, ttl: number, target: string): ResourceRecord =>
  record(name, recordType.PTR, ttl, { kind: 'name', name: target });
export const nsRecord = (name: string, ttl: number, target: string): ResourceRecord =>
  record(name, recordType.NS, ttl, { kind: 'name', name: target });
export const mxRecord = (name: string, ttl: number, preference: number, exchange: string): ResourceRecord =>
  record(name, recordType.MX, ttl, { kind: 'mx', preference, exchange });
export const bytesRecord = (name: string, type: number, ttl: number, bytes: Uint8Array): ResourceRecord =>
  record(name, type, ttl, { kind: 'bytes', bytes });
export const txtRecord = (name: string, ttl: number, ...texts: string[]): ResourceRecord =>
  record(name, recordType.TXT, ttl, { kind: 'text', texts });
export const srvRecord = (
  name: string,
  ttl: number,
  srv: { weight: number; port: number; target: string },
): ResourceRecord => record(name, recordType.SRV, ttl, { kind: 'srv', priority: 0, ...srv });
export const soaRecord = (name: string, ttl: number, soa: Soa): ResourceRecord =>
  record(name, recordType.SOA, ttl, { kind: 'soa', ...soa });
