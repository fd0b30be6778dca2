/** Whether Switchboard can be set up here at all. */
import { requireRoot } from '../root.ts';
import { findProgram } from './program.ts';

export interface Host {
  platform: string;
  arch: string;
  hasApt: boolean;
}

const thisHost = (): Host => ({
  platform: process.platform,
  arch: process.arch,
  hasApt: findProgram('apt-get') !== undefined,
});

export function requireHost(host: Host = thisHost()): void {
  const fail = (why: string) => new Error(`Cannot set up this machine: ${why}`);
  if (host.platform !== 'linux') throw fail(`it runs ${host.platform}, and network namespaces are Linux's`);
  if (host.arch !== 'x64' && host.arch !== 'arm64') {
    throw fail(`its processor is ${host.arch}; x64 and arm64 are supported`);
  }
  requireRoot();
  if (!host.hasApt) throw fail("there is no apt-get; what is missing is taken from Debian's packages");
}
