/** Kernel settings of the network namespace that this thread is in: `/proc/sys/net` shows each reader its own. */
import { readFileSync, writeFileSync } from 'node:fs';

const pathOf = (name: string): string => `/proc/sys/${name.replaceAll('.', '/')}`;

/** `net.ipv4.ip_forward` → `1`; undefined where this kernel does not have it. */
export function readSysctl(name: string): string | undefined {
  try {
    return readFileSync(pathOf(name), 'utf8').trim();
  } catch (err) {
    if (isAbsent(err)) return undefined;
    throw err;
  }
}

export function writeSysctls(settings: Record<string, string>): void {
  for (const [name, value] of Object.entries(settings)) writeFileSync(pathOf(name), value);
}

/** Like {@link writeSysctls}, but passes over what this kernel does not have (a module that is not loaded). */
export function writeSysctlsIfPresent(settings: Record<string, string>): void {
  for (const [name, value] of Object.entries(settings))
    if (readSysctl(name) !== undefined) writeFileSync(pathOf(name), value);
}

const isAbsent = (err: unknown): boolean => err instanceof Error && 'code' in err && err.code === 'ENOENT';
