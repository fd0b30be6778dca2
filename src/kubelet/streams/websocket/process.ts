/** Exec and attach over a WebSocket. */
import type { Writable } from 'node:stream';
import { statusOf, wordsOf } from '../outcome.ts';
import { channelProcess, closesChannels, isBase64, tellsStatus } from '../protocols.ts';
import type { Remote, Served, Upgrading, Wanted } from '../remote.ts';
import { type TerminalSize, TerminalSizes } from '../terminal.ts';
import { acceptWebSocket, webSocketProtocol } from './accept.ts';
import { Channels } from './channels.ts';
import { untilItReads } from './greeting.ts';
import { closeChannel, type Message, channels as numbers } from './message.ts';

export async function processByWebSocket(client: Upgrading, { wanted, serve }: Served): Promise<void> {
  const protocol = webSocketProtocol(client, channelProcess);
  const socket = await acceptWebSocket(client, protocol);
  const sizes = new TerminalSizes();
  let early: TerminalSize | undefined;
  let resized = (size: TerminalSize): void => {
    early = size;
  };
  const onMessage = (message: Message): void => {
    const { channel, data } = message;
    if (channel === numbers.resize) sizes.push(data.toString()).forEach((size) => resized(size));
    else if (channel === closeChannel && closesChannels(protocol))
      channels.receiveEnd(data[0] ?? closeChannel);
    else channels.receive(message);
  };
  const channels = new Channels(socket, isBase64(protocol), onMessage);
  // Made before anything is waited for: what the client says meanwhile is kept.
  const remote = remoteOf(channels, wanted, protocol, (listener) => {
    resized = listener;
    if (early) listener(early);
  });
  if (closesChannels(protocol)) await untilItReads(socket);
  channels.greet(wanted.stdout ? numbers.stdout : wanted.stderr ? numbers.stderr : numbers.error);
  await serve(remote);
  channels.close();
}

function remoteOf(
  channels: Channels,
  { stdin, stdout, stderr }: Wanted,
  protocol: string | undefined,
  onResize: Remote['onResize'],
): Remote {
  const error = channels.output(numbers.error);
  return {
    ...(stdin && { stdin: channels.input(numbers.stdin) }),
    ...(stdout && { stdout: channels.output(numbers.stdout) }),
    ...(stderr && { stderr: channels.output(numbers.stderr) }),
    onResize,
    finish: (outcome) =>
      said(error, tellsStatus(protocol) ? JSON.stringify(statusOf(outcome)) : wordsOf(outcome)),
    gone: channels.gone,
  };
}

/** Resolves when it is on its way, or cannot be. */
function said(to: Writable, words: string): Promise<void> {
  return new Promise((resolve) => {
    if (words === '') return resolve();
    to.write(words, () => resolve());
  });
}
