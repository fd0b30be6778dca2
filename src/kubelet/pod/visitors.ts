/** Who comes to a pod by TCP, counted by the kernel in the network namespace of one of its processes. */
import { readIfThere } from '../../lib/files.ts';
import { listenersIn } from '../../lib/linux/netlink/listeners.ts';

export interface Visitors {
  /** Connections that were ever taken. */
  came: number;
  /** Connections that no server has taken yet. */
  waiting: number;
}

/** Nothing when the process is not there any more. */
export function visitorsOf(pid: number): Visitors | undefined {
  const came = passiveOpens(readIfThere(`/proc/${pid}/net/snmp`));
  if (came === undefined) return undefined;
  const listeners = listenersIn(`/proc/${pid}/ns/net`);
  return { came, waiting: listeners.reduce((sum, { waiting }) => sum + waiting, 0) };
}

/** Two lines a protocol, names and values. https://docs.kernel.org/networking/snmp_counter.html */
export function passiveOpens(snmp: string): number | undefined {
  const [names = [], values = []] = snmp
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'))
    .map((line) => line.split(' '));
  const at = names.indexOf('PassiveOpens');
  return at < 0 ? undefined : Number(values[at]);
}
