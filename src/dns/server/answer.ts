/** A packet → the packet that answers it. Whatever came, nothing is thrown. */
import type { Asker, Next, Query } from '../contract.ts';
import { decodeMessage } from '../wire/decode.ts';
import { encodeMessage, largestMessage } from '../wire/encode.ts';
import { type Message, replyTo } from '../wire/message.ts';
import { canonical } from '../wire/name.ts';
import { opcode, rcode, recordClass, recordType } from '../wire/types.ts';

/** What is told to clients, and the most that is sent by UDP: it fits any path unfragmented (DNS flag day 2020). */
export const ownUdpSize = 1232;
/** RFC 1035 section 2.3.4: what every client takes. */
export const smallestUdpSize = 512;

/** Told of an answer that may be given again ({@link Message.notes}). */
export type Keep = (packet: Uint8Array, reply: Message) => void;

/** `undefined` where silence is the answer: to an answer, to less than a header, and where a plugin wants it. */
export function answerPacket(
  packet: Uint8Array,
  client: Asker,
  ask: Next,
  keep?: Keep,
): Buffer | undefined | Promise<Buffer | undefined> {
  const isResponse = ((packet[2] ?? 0x80) & 0x80) !== 0;
  if (packet.length < headerLength || isResponse) return undefined;
  let message: Message;
  try {
    message = decodeMessage(packet);
  } catch {
    return formatError(packet);
  }
  const refused = refusal(message);
  if (refused) return encodeReply(refused, message, client);
  const query = queryOf(message, client, packet.length);
  const encode = (reply: Message): Buffer | undefined => {
    if (reply.notes?.silent) return undefined;
    const bytes = encodeReply(reply, message, client);
    for (const sent of query.whenSent) sent(reply, bytes.length);
    return bytes;
  };
  const failed = () => encode(replyTo(message, rcode.SERVFAIL));
  try {
    const reply = ask(query);
    if (reply instanceof Promise) return reply.then(encode).catch(failed);
    const bytes = encode(reply);
    if (reply.notes?.again) keep?.(packet, reply);
    return bytes;
  } catch {
    return failed();
  }
}

const headerLength = 12;

/** The header alone, as nothing behind it could be read. */
function formatError(packet: Uint8Array): Buffer {
  const out = Buffer.alloc(headerLength);
  out.set(packet.subarray(0, 2));
  // QR, and the opcode and RD of the question.
  out[2] = 0x80 | ((packet[2] ?? 0) & 0x79);
  out[3] = rcode.FORMERR;
  return out;
}

/** Obsolete and meta types that are not asked for (RFC 6895 section 3.1): MAILB, MAILA, OPT, TKEY, TSIG. */
const notAskedFor: ReadonlySet<number> = new Set([recordType.OPT, 249, 250, 253, 254]);

/** What is not for plugins to answer. */
function refusal(message: Message): Message | undefined {
  const refuse = (code: number) => replyTo(message, code);
  if (message.opcode !== opcode.QUERY) return refuse(rcode.NOTIMP);
  if (message.edns && message.edns.version !== 0) return refuse(rcode.BADVERS);
  const [question] = message.questions;
  // RFC 9619: a query has one question.
  if (!question || message.questions.length > 1) return refuse(rcode.FORMERR);
  if (question.type === recordType.AXFR || question.type === recordType.IXFR) return refuse(rcode.REFUSED);
  if (notAskedFor.has(question.type)) return refuse(rcode.FORMERR);
  // CHAOS is for a plugin that knows it.
  if (question.class !== recordClass.IN && question.class !== recordClass.CH) return refuse(rcode.REFUSED);
  return undefined;
}

function queryOf(message: Message, client: Asker, size: number): Query {
  const [question] = message.questions;
  if (!question) throw new Error('Cannot ask without a question');
  return { message, question, name: canonical(question.name), client, size, whenSent: [] };
}

/** An OPT record only for those who sent one (RFC 6891 section 6.1.1), and no more bytes than they take. */
function encodeReply(reply: Message, { edns: asked }: Message, { protocol }: Asker): Buffer {
  const { edns: _theirs, ...plain } = reply;
  const { options = [], udpSize = ownUdpSize } = reply.notes ?? {};
  const edns = asked && { udpSize: ownUdpSize, version: 0, dnssecOk: asked.dnssecOk, options };
  const limit = Math.max(smallestUdpSize, Math.min(asked?.udpSize ?? smallestUdpSize, udpSize));
  return encodeMessage(edns ? { ...plain, edns } : plain, protocol === 'udp' ? limit : largestMessage);
}
