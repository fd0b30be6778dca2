/** What the proxy needs of a kernel that nobody prepared for it, and how all of it goes again. */
import { familyOf } from '../lib/ip.ts';
import { readSysctl, writeSysctls } from '../lib/linux/sysctl.ts';
import type { Nft } from '../nft/contract.ts';
import { commands } from './table.ts';

const wanted = {
  // What comes from outside for a node port goes on to a pod.
  'net.ipv4.ip_forward': '1',
  // Node ports answer on 127.0.0.1 too; the table keeps out what comes for it from elsewhere.
  'net.ipv4.conf.all.route_localnet': '1',
  // Packets out of window are left to the endpoint, and not taken for invalid (kubernetes/kubernetes#74839).
  'net.netfilter.nf_conntrack_tcp_be_liberal': '1',
};

/**
 * In the network namespace of this thread. What is as it should be is not written: /proc/sys may be read only.
 * Tells what it would not change: a host that forwards IPv6 no longer listens to routers (RFC 4861, 6.2.2), so that
 * is for whoever set the node up.
 */
export function prepareKernel(serviceCIDRs: readonly string[]): string | undefined {
  for (const [name, value] of Object.entries(wanted)) {
    const now = readSysctl(name);
    if (now === undefined || now === value) continue;
    try {
      writeSysctls({ [name]: value });
    } catch (err) {
      const why = err instanceof Error ? err.message : String(err);
      throw new Error(
        `Cannot set ${name} to ${value}: ${why}; set it before, or give the proxy the right to`,
      );
    }
  }
  const hasIPv6 = serviceCIDRs.some((range) => familyOf(range) === 6);
  return hasIPv6 && readSysctl('net.ipv6.conf.all.forwarding') === '0'
    ? 'IPv6 clients from outside do not reach pods through this node: net.ipv6.conf.all.forwarding is 0'
    : undefined;
}

/**
 * Takes the table away, and with it what made `route_localnet` safe, so that goes too. Forwarding stays: by now all
 * pods of the node may need it.
 */
export async function cleanUpKernel(nft: Nft): Promise<void> {
  await nft.run([commands.addTable(), commands.deleteTable()].join('\n'));
  if (readSysctl('net.ipv4.conf.all.route_localnet') === '1')
    writeSysctls({ 'net.ipv4.conf.all.route_localnet': '0' });
}
