/** Namespaces, links and nftables on a host need root. */
export function requireRoot(): void {
  if (process.getuid?.() !== 0) {
    throw new Error('Cannot do this as an ordinary user: run it as root, for example with sudo');
  }
}
