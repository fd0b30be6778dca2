import { readFileSync } from 'node:fs';
import { canonical as canonicalAddress } from '../../../lib/ip.ts';
import type { Asker } from '../../contract.ts';
import { searchDomainsOf } from '../../resolvconf.ts';
import type { View } from './view.ts';

/** Where a pod looks for short names, as the kubelet wrote it into the pod's resolv.conf. */
export function searchPathFor(view: View, domain: string): (client: Asker) => string[] | undefined {
  let ofHost: string[] | undefined;
  return ({ address }) => {
    const [pod] = view.podsAt(canonicalAddress(address));
    if (!pod) return undefined;
    // This server's own pod has the host's search path and no other (`dnsPolicy: Default`).
    ofHost ??= hostSearch();
    return [`${pod.namespace}.svc.${domain}`, `svc.${domain}`, domain, ...ofHost];
  };
}

function hostSearch(): string[] {
  try {
    return searchDomainsOf(readFileSync('/etc/resolv.conf', 'utf8'));
  } catch {
    return [];
  }
}
