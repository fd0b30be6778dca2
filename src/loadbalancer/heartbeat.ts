/** What nodes tell each other, in text: a first line, then the addresses that the sender holds, one a line. */
import { isAddress } from '../lib/ip.ts';

export interface Heartbeat {
  /** Whether it knows the cluster. An agent that was started again does not yet, and holds what its kernel has. */
  seesCluster: boolean;
  held: ReadonlySet<string>;
}

const words = { true: 'switchboard heartbeat', false: 'switchboard heartbeat, blind' } as const;

/** So many fit into a datagram. */
const mostHeld = 1_600;

export const encodeHeartbeat = ({ seesCluster, held }: Heartbeat): Buffer =>
  Buffer.from([words[`${seesCluster}`], ...[...held].slice(0, mostHeld)].join('\n'));

/** Undefined for what is none. */
export function decodeHeartbeat(datagram: Buffer): Heartbeat | undefined {
  const [first, ...held] = datagram.toString('latin1').split('\n');
  if ((first !== words.true && first !== words.false) || !held.every(isAddress)) return undefined;
  return { seesCluster: first === words.true, held: new Set(held) };
}
