/** Whether the kernel has what clusters need. Tried out in namespaces of their own, so nothing is left behind. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execute } from '../../lib/exec.ts';
import type { Step } from './step.ts';

export interface Probe {
  feature: string;
  argv: string[];
  input?: string;
}

const inNetns = (...argv: string[]) => ['unshare', '--net', ...argv];
const overlay =
  'mount -t tmpfs probe /mnt && cd /mnt && mkdir l u w m && mount -t overlay -o lowerdir=l,upperdir=u,workdir=w probe m';
const rules = `
table inet probe {
  map slots { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
  chain prerouting {
    type nat hook prerouting priority dstnat
    fib daddr type local meta mark set numgen random mod 2
    meta l4proto tcp dnat ip to ip daddr . meta l4proto . th dport map @slots
  }
  chain postrouting {
    type nat hook postrouting priority srcnat
    meta mark 1 masquerade
  }
  chain forward {
    type filter hook forward priority filter
    ct state invalid log group 1 reject
  }
}
`;

const probes: Probe[] = [
  { feature: 'namespaces', argv: inNetns('--pid', '--fork', '--mount', '--uts', '--ipc', 'true') },
  { feature: 'veth pairs', argv: inNetns('ip', 'link', 'add', 'name', 'probe', 'type', 'veth') },
  { feature: 'bridges', argv: inNetns('ip', 'link', 'add', 'name', 'probe', 'type', 'bridge') },
  { feature: 'IPv6', argv: inNetns('ip', '-6', 'address', 'add', 'fd00::1/64', 'dev', 'lo') },
  { feature: 'nftables with NAT and maps', argv: inNetns('nft', '-f', '-'), input: rules },
  { feature: 'overlay file systems', argv: ['unshare', '--mount', 'sh', '-c', overlay] },
];

export async function requireFeatures(wanted: Probe[]): Promise<void> {
  for (const { feature, argv, input } of wanted) {
    const [program = '', ...args] = argv;
    const { code, stderr } = await execute(program, args, { timeoutMs: 10_000, ...(input && { input }) });
    if (code === 0) continue;
    const said = stderr.trim().split('\n')[0] ?? '';
    throw new Error(
      `Cannot run clusters here: ${feature} did not work (${said}); use a kernel that has them, or a container with all privileges`,
    );
  }
}

/** Once an uptime. */
export function kernelStep(home: string): Step {
  const file = join(home, 'kernel-probed');
  const bootId = () => readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  return {
    title: 'Checking the kernel',
    needed: async () => (await readFile(file, 'utf8').catch(() => '')) !== (await bootId()),
    run: async () => {
      await requireFeatures(probes);
      await mkdir(home, { recursive: true });
      await writeFile(file, await bootId());
    },
  };
}
