/** Addresses of A and AAAA records, and their names in the reverse zones. */
import { addressBytes, addressFromBytes, formatAddress, isAddress, parseAddress } from '../../lib/ip.ts';

export const bytesOfAddress = (text: string): Uint8Array =>
  dottedBytes(text) ?? addressBytes(parseAddress(text));
export const textOfAddress = (bytes: Uint8Array): string => formatAddress(addressFromBytes(bytes));

/** `4.3.2.1.in-addr.arpa.` (RFC 1035 section 3.5), nibbles below `ip6.arpa.` (RFC 3596 section 2.5). */
export function reverseName(address: string): string {
  const bytes = [...bytesOfAddress(address)];
  if (bytes.length === 4) return `${bytes.reverse().join('.')}.in-addr.arpa.`;
  const nibbles = bytes.flatMap((byte) => [byte >> 4, byte & 15]).map((n) => n.toString(16));
  return `${nibbles.reverse().join('.')}.ip6.arpa.`;
}

/** The address that a canonical reverse name stands for; undefined for any other name. */
export function addressOfReverse(name: string): string | undefined {
  const labels = name.split('.');
  if (name.endsWith('.in-addr.arpa.') && labels.length === 7) {
    const address = labels.slice(0, 4).reverse().join('.');
    return isAddress(address) ? address : undefined;
  }
  if (!name.endsWith('.ip6.arpa.') || labels.length !== 35) return undefined;
  const hex = labels.slice(0, 32).reverse().join('');
  if (!/^[0-9a-f]{32}$/.test(hex)) return undefined;
  return textOfAddress(Buffer.from(hex, 'hex'));
}

/** The common case without big numbers; undefined for anything that is not plainly four decimal bytes. */
function dottedBytes(text: string): Uint8Array | undefined {
  const bytes = Buffer.allocUnsafe(4);
  let count = 0;
  let value = -1;
  for (let i = 0; i <= text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    // A leading zero is for the other parser to refuse.
    if (value === 0 && digit >= 0 && digit <= 9) return undefined;
    if (digit >= 0 && digit <= 9) value = Math.max(value, 0) * 10 + digit;
    else if (value < 0 || value > 255 || count > 3 || (i < text.length && text[i] !== '.')) return undefined;
    else {
      bytes[count++] = value;
      value = -1;
    }
  }
  return count === 4 ? bytes : undefined;
}
