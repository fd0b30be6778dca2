/**
 * Linux capabilities: what a container may have without asking (the set that Docker and containerd
 * agree on), and all there are. https://man7.org/linux/man-pages/man7/capabilities.7.html
 */
export const defaultCapabilities: readonly string[] = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FSETID',
  'CAP_FOWNER',
  'CAP_MKNOD',
  'CAP_NET_RAW',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETFCAP',
  'CAP_SETPCAP',
  'CAP_NET_BIND_SERVICE',
  'CAP_SYS_CHROOT',
  'CAP_KILL',
  'CAP_AUDIT_WRITE',
];

/** In the order of their numbers. */
export const allCapabilities: readonly string[] = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_DAC_READ_SEARCH',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETPCAP',
  'CAP_LINUX_IMMUTABLE',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_BROADCAST',
  'CAP_NET_ADMIN',
  'CAP_NET_RAW',
  'CAP_IPC_LOCK',
  'CAP_IPC_OWNER',
  'CAP_SYS_MODULE',
  'CAP_SYS_RAWIO',
  'CAP_SYS_CHROOT',
  'CAP_SYS_PTRACE',
  'CAP_SYS_PACCT',
  'CAP_SYS_ADMIN',
  'CAP_SYS_BOOT',
  'CAP_SYS_NICE',
  'CAP_SYS_RESOURCE',
  'CAP_SYS_TIME',
  'CAP_SYS_TTY_CONFIG',
  'CAP_MKNOD',
  'CAP_LEASE',
  'CAP_AUDIT_WRITE',
  'CAP_AUDIT_CONTROL',
  'CAP_SETFCAP',
  'CAP_MAC_OVERRIDE',
  'CAP_MAC_ADMIN',
  'CAP_SYSLOG',
  'CAP_WAKE_ALARM',
  'CAP_BLOCK_SUSPEND',
  'CAP_AUDIT_READ',
  'CAP_PERFMON',
  'CAP_BPF',
  'CAP_CHECKPOINT_RESTORE',
];

/** `securityContext.capabilities` on top of the default set; names may come without `CAP_`, and `ALL` means all. */
export function grantedCapabilities(add: readonly string[] = [], drop: readonly string[] = []): string[] {
  const granted = new Set(drop.some(isAll) ? [] : defaultCapabilities);
  for (const name of drop) granted.delete(withPrefix(name));
  if (add.some(isAll)) {
    const dropped = new Set(drop.map(withPrefix));
    for (const name of allCapabilities) if (!dropped.has(name)) granted.add(name);
  }
  for (const name of add) {
    if (isAll(name)) continue;
    const full = withPrefix(name);
    if (!allCapabilities.includes(full)) throw new Error(`Cannot add capability ${name}: it is not known`);
    granted.add(full);
  }
  return [...granted];
}

const isAll = (name: string) => name.toUpperCase() === 'ALL';
const withPrefix = (name: string) =>
  name.toUpperCase().startsWith('CAP_') ? name.toUpperCase() : `CAP_${name.toUpperCase()}`;
