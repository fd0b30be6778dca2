/** Lines of a hosts file as look-ups. https://man7.org/linux/man-pages/man5/hosts.5.html */
import { canonical as canonicalAddress, isAddress } from '../../../lib/ip.ts';
import { canonical, isName } from '../../wire/name.ts';

export interface Table {
  /** By canonical name: addresses of both families. */
  addresses: ReadonlyMap<string, readonly string[]>;
  /** By canonical address. */
  names: ReadonlyMap<string, readonly string[]>;
}

/** What is no entry is left out, as the C library does. */
export function tableOf(lines: Iterable<string>): Table {
  const addresses = new Map<string, string[]>();
  const names = new Map<string, string[]>();
  for (const line of lines) {
    const [address = '', ...hosts] = (line.split('#')[0] ?? '').trim().split(/\s+/);
    if (!isAddress(address)) continue;
    for (const host of hosts.filter(isName).map(canonical)) {
      add(addresses, host, canonicalAddress(address));
      add(names, canonicalAddress(address), host);
    }
  }
  return { addresses, names };
}

function add(to: Map<string, string[]>, key: string, value: string): void {
  const known = to.get(key);
  if (!known) to.set(key, [value]);
  else if (!known.includes(value)) known.push(value);
}
