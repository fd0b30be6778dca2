import { isAddress } from '../../../lib/ip.ts';

/** Addresses of the `nameserver` lines of a resolv.conf. https://man7.org/linux/man-pages/man5/resolv.conf.5.html */
export const nameserversOf = (text: string): string[] =>
  text.split('\n').flatMap((line) => {
    const [keyword, address] = line.trim().split(/\s+/);
    return keyword === 'nameserver' && address && isAddress(address) ? [address] : [];
  });
