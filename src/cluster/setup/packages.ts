/** The programs that clusters run, from Debian. */
import { aptUpdate, noninteractive } from '../../../images/build/apt.ts';
import { execute, run } from '../../lib/exec.ts';
import { findProgram } from './program.ts';
import type { Step } from './step.ts';

/** Program → package. Any version on PATH will do. */
const packages: Readonly<Record<string, string>> = {
  catatonit: 'catatonit',
  conmon: 'conmon',
  conntrack: 'conntrack',
  crun: 'crun',
  ip: 'iproute2',
  // Version 1.20; any other kubectl is preferred.
  kubectl: 'kubernetes-client',
  nft: 'nftables',
  nsenter: 'util-linux',
  // The package alone supervises nothing on the host: runit-run and runit-init would.
  runsvdir: 'runit',
  skopeo: 'skopeo',
  umoci: 'umoci',
};

export const missingPackages = (
  find: (program: string) => string | undefined,
  wanted: Readonly<Record<string, string>> = packages,
): string[] => Object.entries(wanted).flatMap(([program, name]) => (find(program) ? [] : [name]));

export const packagesStep: Step = {
  title: 'Installing Debian packages',
  needed: async () => missingPackages(findProgram).length > 0,
  run: async (progress) => {
    const names = missingPackages(findProgram);
    progress(`Installing ${names.join(', ')}`);
    await installPackages(names);
  },
};

export async function installPackages(names: string[]): Promise<void> {
  // Recommended packages would bring services that run on the host.
  const options = ['-q', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'];
  const args = [...options, 'install', ...names];
  if ((await execute('apt-get', args, { env: noninteractive })).code === 0) return;
  await aptUpdate();
  await run('apt-get', args, { env: noninteractive });
}
