/**
 * Which of the protocols that the client offers is spoken.
 * https://pkg.go.dev/k8s.io/apimachinery/pkg/util/remotecommand
 */
import { Refusal } from './refusal.ts';

const v1 = 'channel.k8s.io';

/** Of what goes over SPDY. */
export const spdyProcess: readonly string[] = [
  'v4.channel.k8s.io',
  'v3.channel.k8s.io',
  'v2.channel.k8s.io',
  v1,
];
export const spdyPortForward: readonly string[] = ['portforward.k8s.io'];

/** Of WebSockets. */
export const channelProcess: readonly string[] = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  v1,
  'base64.channel.k8s.io',
];
export const tunnel = 'SPDY/3.1+portforward.k8s.io';
export const channelPortForward: readonly string[] = [
  tunnel,
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
];

/** The client's favourite; `undefined` if it offers none, which means the oldest. */
export function chooseProtocol(
  offered: readonly string[],
  supported: readonly string[],
  header: string,
): string | undefined {
  const chosen = offered.find((protocol) => supported.includes(protocol));
  if (chosen || offered.length === 0) return chosen;
  throw new Refusal(
    403,
    `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${supported.join(' ')}]`,
    { [header]: supported.join(', ') },
  );
}

/** All values of a header that may come several times, and with several values each. */
export const listed = (values: readonly string[] | undefined): string[] =>
  (values ?? [])
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter(Boolean);

/** Versions that tell how a process ended with a `Status`. */
export const tellsStatus = (protocol: string | undefined): boolean => /^v[45]\./.test(protocol ?? '');
/** Binary messages, or base64 in text messages. */
export const isBase64 = (protocol: string | undefined): boolean => /(^|\.)base64\./.test(protocol ?? '');
/** Versions with a stream for the size of the terminal; over WebSockets all have one. */
export const resizes = (protocol: string | undefined): boolean => /^v[34]\./.test(protocol ?? '');
/** A client of v5 can end its input and go on listening. */
export const closesChannels = (protocol: string | undefined): boolean => (protocol ?? '').startsWith('v5.');
