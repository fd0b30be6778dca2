export interface Listener {
  readonly port: number;
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
