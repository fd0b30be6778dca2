/**
 * Messages of the channel protocols: the first byte tells the channel, the rest is its data. In the base64
 * variants a message is text, and its first character the channel's digit.
 * https://pkg.go.dev/k8s.io/apimachinery/pkg/util/httpstream/wsstream
 */
export const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const;
/** v5: the channel that the next byte names has ended. */
export const closeChannel = 255;

export interface Message {
  channel: number;
  data: Buffer;
}

export function encodeMessage(channel: number, data: Buffer, base64: boolean): Buffer | string {
  if (base64) return `${channel}${data.toString('base64')}`;
  const message = Buffer.allocUnsafe(data.length + 1);
  message[0] = channel;
  message.set(data, 1);
  return message;
}

/** `undefined` for an empty message, which means nothing. */
export function decodeMessage(message: Buffer, base64: boolean): Message | undefined {
  const [first] = message;
  if (first === undefined) return undefined;
  const data = message.subarray(1);
  if (!base64) return { channel: first, data };
  return { channel: first - digitZero, data: Buffer.from(data.toString('latin1'), 'base64') };
}

const digitZero = 0x30;
