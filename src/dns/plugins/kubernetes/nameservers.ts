import type { NetworkInterfaceInfo } from 'node:os';
import { canonical } from '../../../lib/ip.ts';
import type { View } from './view.ts';

/** Where this server is reached: at the Services in front of it, else at the machine's own addresses. */
export function ownAddresses(view: View, interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): string[] {
  const local = Object.values(interfaces)
    .flatMap((list) => list ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => canonical(address));
  const found = new Set<string>();
  for (const address of local) {
    for (const slice of view.slicesAt(address)) {
      const [namespace = '', name = ''] = slice.service.split('/');
      for (const clusterAddress of view.service(namespace, name)?.addresses ?? []) found.add(clusterAddress);
    }
  }
  return found.size > 0 ? [...found] : local;
}
