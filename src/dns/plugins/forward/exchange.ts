/**
 * One question to one upstream. By UDP each has a socket, and so a source port, and an id of its own: who wants to
 * slip in an answer must guess both (RFC 5452).
 */
import { randomInt } from 'node:crypto';
import dgram from 'node:dgram';
import net from 'node:net';
import { decodeMessage } from '../../wire/decode.ts';
import { encodeMessage } from '../../wire/encode.ts';
import type { Message } from '../../wire/message.ts';
import { type End, failed, type Line, timedOut } from './failure.ts';
import type { Target } from './options.ts';
import type { Upstream } from './upstreams.ts';

/** Rejects when the upstream fails, or when the signal says that it took too long. */
export async function exchange(
  asked: Message,
  upstream: Upstream,
  protocol: 'udp' | 'tcp',
  signal: AbortSignal,
): Promise<Message> {
  const question: Message = { ...asked, id: randomInt(65_536) };
  const connected = () =>
    upstream.connections.ask(encodeMessage(question), (packet) => matching(packet, question), signal);
  if (protocol === 'tcp' || upstream.tls) return connected();
  const answer = await overUdp(question, upstream, signal);
  // Where nobody answers by TCP, a cut answer is better than none.
  return answer.truncated ? connected().catch(() => answer) : answer;
}

function overUdp(question: Message, { address, port }: Target, signal: AbortSignal): Promise<Message> {
  return new Promise((resolve, reject) => {
    const family = net.isIPv6(address) ? 6 : 4;
    const socket = dgram.createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      lookup: (host, _options, done) => done(null, host, family),
    });
    let isOpen = true;
    const end = (act: () => void) => {
      if (!isOpen) return;
      isOpen = false;
      signal.removeEventListener('abort', abort);
      socket.close();
      act();
    };
    let local: End | undefined;
    const line = (): Line => ({ protocol: 'udp', local, remote: { address, port } });
    const abort = () => end(() => reject(timedOut(line())));
    signal.addEventListener('abort', abort);
    socket.on('error', (err) => end(() => reject(failed(line(), err))));
    // What does not match is not for us: the answer may still come.
    socket.on('message', (packet) => {
      const answer = matching(packet, question);
      if (answer) end(() => resolve(answer));
    });
    // Connected, the kernel lets nothing through that comes from elsewhere.
    socket.connect(port, address, () => {
      if (!isOpen) return;
      local = socket.address();
      socket.send(encodeMessage(question));
    });
    if (signal.aborted) abort();
  });
}

/** The answer to exactly this question; undefined for anything else. */
export function matching(packet: Uint8Array, question: Message): Message | undefined {
  try {
    const answer = decodeMessage(packet);
    const [asked] = question.questions;
    const [told] = answer.questions;
    const isSame =
      answer.response &&
      answer.id === question.id &&
      answer.opcode === question.opcode &&
      answer.questions.length === 1 &&
      told?.name.toLowerCase() === asked?.name.toLowerCase() &&
      told?.type === asked?.type &&
      told?.class === asked?.class;
    return isSame ? answer : undefined;
  } catch {
    return undefined;
  }
}
