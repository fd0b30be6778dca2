/** What the agent may hand on: in a container of somebody else's it does not have all that root usually has. */
import { readFileSync } from 'node:fs';
import { allCapabilities } from './capabilities.ts';

export interface Privileges {
  /** What a privileged container gets. */
  capabilities: readonly string[];
  /** How low an oom_score_adj may be. https://man7.org/linux/man-pages/man5/proc_pid_oom_score_adj.5.html */
  lowestOomScoreAdj: number;
}

export function ownPrivileges(
  read: (file: string) => string = (file) => readFileSync(file, 'utf8'),
): Privileges {
  const mask = BigInt(`0x${/^CapEff:\s*(\w+)/m.exec(read('/proc/self/status'))?.[1] ?? '0'}`);
  const capabilities = allCapabilities.filter((_, number) => (mask >> BigInt(number)) & 1n);
  const isFree = capabilities.includes('CAP_SYS_RESOURCE');
  return { capabilities, lowestOomScoreAdj: isFree ? -1000 : Number(read('/proc/self/oom_score_adj')) };
}
