/** A network for tests: namespaces and a veth for each pod, all inside the test's own network namespace. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PodNetwork, Sandbox } from '../../src/kubelet/contract.ts';
import { run } from '../../src/lib/exec.ts';

const gateway = '169.254.1.1';

export function testPodNetwork(directory: string): PodNetwork {
  const known = new Map<string, Promise<Sandbox>>();
  let made = 0;

  async function make(uid: string, hostname: string): Promise<Sandbox> {
    const number = ++made;
    const address = `10.244.0.${number}`;
    const home = join(directory, 'sandboxes', uid);
    mkdirSync(home, { recursive: true });
    const [netns, utsns, ipcns] = ['net', 'uts', 'ipc'].map((n) => join(home, n)) as [string, string, string];
    for (const file of [netns, utsns, ipcns]) writeFileSync(file, '');
    const inPod = [
      'ip link set lo up',
      `ip link set pod${number} name eth0`,
      `ip addr add ${address}/32 dev eth0`,
      'ip link set eth0 up',
      `ip route add ${gateway} dev eth0`,
      `ip route add default via ${gateway}`,
    ];
    const script = [
      `unshare --net=${netns} --uts=${utsns} --ipc=${ipcns} hostname '${hostname}'`,
      `ip link add node${number} type veth peer name pod${number}`,
      `ip addr add ${gateway}/32 dev node${number}`,
      `ip link set node${number} up`,
      `ip link set pod${number} netns ${netns}`,
      `nsenter --net=${netns} sh -ec '${inPod.join('; ')}'`,
      `ip route add ${address} dev node${number} src ${gateway}`,
    ];
    await run('sh', ['-ec', script.join('\n')]);
    return { netns, utsns, ipcns, podIPs: [address] };
  }

  return {
    async setUp(pod, hostname) {
      if (pod.spec?.hostNetwork) return { podIPs: ['172.30.0.2'] };
      const uid = pod.metadata.uid ?? '';
      const sandbox = known.get(uid) ?? make(uid, hostname);
      known.set(uid, sandbox);
      return sandbox;
    },
    async tearDown(uid) {
      const sandbox = await known.get(uid);
      if (!sandbox?.netns) return;
      known.delete(uid);
      for (const file of [sandbox.netns, sandbox.utsns, sandbox.ipcns]) await run('umount', [file ?? '']);
      rmSync(join(directory, 'sandboxes', uid), { recursive: true });
    },
    async list() {
      return Promise.all([...known].map(async ([uid, sandbox]) => ({ uid, podIPs: (await sandbox).podIPs })));
    },
  };
}
