/** The addresses that this node holds: on its link to the LAN, and announced there. */
import { addTarget, deleteAddress, listAddresses } from '../lib/linux/netlink/addresses.ts';
import { findLink } from '../lib/linux/netlink/links.ts';
import { netlink } from '../lib/linux/netlink/socket.ts';
import { announcer } from './announcer.ts';

/** By this the kernel's own list tells which are ours, also to the next agent: `proto 183`, as our routes have it. */
const ownProtocol = 183;

export interface HeldAddresses {
  readonly addresses: ReadonlySet<string>;
  /** Throws when the kernel refuses, and when the node has the address for another reason. */
  take(address: string): void;
  giveUp(address: string): void;
  /** Tells everybody on the LAN once more. */
  announce(address: string): void;
  /** The kernel keeps what is held. */
  close(): void;
}

/** Begins with what an agent before this one held. `netns` is a file that holds the node's namespace open. */
export function heldAddresses(linkName: string, netns?: string): HeldAddresses {
  const socket = netlink(netns);
  const link = () => {
    const found = findLink(socket, linkName);
    if (!found) throw new Error(`Cannot hold addresses: the node has no link ${linkName}`);
    return found;
  };
  const ours = () => listAddresses(socket).filter(({ protocol }) => protocol === ownProtocol);
  const held = new Set(ours().map(({ address }) => address));
  const announcing = announcer(link, netns);

  return {
    addresses: held,
    take(address) {
      if (listAddresses(socket).some((known) => known.address === address))
        throw new Error(`Cannot hold ${address}: it is the node's own`);
      socket.send(addTarget({ link: link().index, address, protocol: ownProtocol }));
      held.add(address);
      announcing.announce(address);
    },
    giveUp(address) {
      announcing.stop(address);
      for (const at of ours()) if (at.address === address) deleteAddress(socket, at);
      held.delete(address);
    },
    announce: (address) => announcing.announce(address),
    close() {
      announcing.stop();
      socket.close();
    },
  };
}
