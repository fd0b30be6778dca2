/** Frames of one's own making, sent by a link as they are (packet(7)). */
import { closeSync } from 'node:fs';
import { checked, libc } from './libc.ts';
import { inNamespace } from './namespaces.ts';

export interface FrameSender {
  /** The frame begins with its link-layer header. Throws when the kernel does not take it. */
  send(link: number, frame: Uint8Array): void;
  close(): void;
}

const AF_PACKET = 17;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;

/** Receives nothing. Of this namespace, or of the one that a file holds open. */
export function frameSender(netns?: string): FrameSender {
  const open = () => checked('open a packet socket', libc().socket(AF_PACKET, SOCK_RAW_CLOEXEC, 0));
  const fd = netns === undefined ? open() : inNamespace(netns, open);
  return {
    send(link, frame) {
      const to = Buffer.alloc(20);
      to.writeUInt16LE(AF_PACKET, 0);
      to.writeInt32LE(link, 4);
      checked('send a frame', libc().sendto(fd, frame, frame.length, 0, to, to.length));
    },
    close: () => closeSync(fd),
  };
}
