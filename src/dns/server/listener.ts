import type { TlsOptions } from '../contract.ts';

export interface Listener {
  readonly port: number;
  /** Shows another certificate from now on. */
  useTls?(options: TlsOptions): void;
  close(): Promise<void>;
}

/** On both families where the machine has both, else on IPv4 alone. */
export async function anyAddress<T>(open: (address: string) => Promise<T>): Promise<T> {
  try {
    return await open('::');
  } catch (err) {
    const { code } = err as NodeJS.ErrnoException;
    if (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL') throw err;
    return await open('0.0.0.0');
  }
}

/** IPv4 clients of a socket for both families: `::ffff:10.0.0.1` → `10.0.0.1`. */
export const unmapped = (address: string): string =>
  address.startsWith('::ffff:') ? address.slice(7) : address;
