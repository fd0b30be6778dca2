/** Runs a command in an image, with a network and a process tree of its own that end with it. */
import { fileURLToPath } from 'node:url';
import type { Image } from '../../src/kubelet/contract.ts';
import { type ExecResult, execute } from '../../src/lib/exec.ts';

const backend = fileURLToPath(new URL('backend.ts', import.meta.url));

const resolvConf = [
  'search default.svc.cluster.local svc.cluster.local cluster.local',
  'nameserver 127.0.0.1',
  'options ndots:5',
].join('\n');

/** `services`: both of backend.ts, or `dns` alone where the image serves port 80 itself. */
export function inImage(image: Image, command: string, services: 'dns' | 'all' = 'all'): Promise<ExecResult> {
  const script = `
set -e
ip link set lo up
mount -t tmpfs scratch /mnt
mkdir /mnt/up /mnt/work /mnt/root
mount -t overlay -o lowerdir=${image.rootfs},upperdir=/mnt/up,workdir=/mnt/work image /mnt/root
mount --rbind /dev /mnt/root/dev
mount -t proc proc /mnt/root/proc
echo "$3" > /mnt/root/etc/resolv.conf
echo 127.0.0.1 localhost > /mnt/root/etc/hosts
mkfifo /mnt/ready
"$1" "$2" ${services} > /mnt/ready &
read -r _ < /mnt/ready
exec chroot /mnt/root /bin/sh -c "$4"`;
  const argv = [process.execPath, backend, resolvConf, command];
  const flags = ['--net', '--mount', '--pid', '--fork', '--kill-child'];
  return execute('unshare', [...flags, 'sh', '-c', script, 'sh', ...argv], { timeoutMs: 50_000 });
}
