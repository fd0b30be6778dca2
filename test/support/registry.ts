/** Debian's docker-registry on the loopback, run from a temporary directory. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { absentStanza, downloadDebs } from '../../images/build/apt.ts';
import { findProgram } from '../../src/cluster/setup/program.ts';
import { run } from '../../src/lib/exec.ts';
import { freePort } from '../../src/lib/testing/freePort.ts';
import { eventually } from './eventually.ts';

export interface Registry {
  /** `127.0.0.1:5000`. */
  host: string;
  stop(): Promise<void>;
}

/** Not installed: that would start it as a service. */
export async function registryProgram(directory: string): Promise<string> {
  const installed = findProgram('docker-registry');
  if (installed) return installed;
  const absent = ['adduser', 'init-system-helpers', 'libc6', 'lsb-base'].map(absentStanza).join('');
  const [deb = ''] = await downloadDebs(['docker-registry'], absent, directory);
  await run('dpkg-deb', ['--extract', deb, join(directory, 'registry')]);
  return join(directory, 'registry/usr/bin/docker-registry');
}

/** Who `htpasswd` names may come in; everybody without it. */
export async function startRegistry(
  program: string,
  directory: string,
  htpasswd?: string,
): Promise<Registry> {
  mkdirSync(directory, { recursive: true });
  const host = `127.0.0.1:${await freePort()}`;
  const config = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(directory, 'data') } },
    http: { addr: host },
    ...(htpasswd && { auth: { htpasswd: { realm: 'test', path: join(directory, 'htpasswd') } } }),
  };
  if (htpasswd) writeFileSync(join(directory, 'htpasswd'), `${htpasswd}\n`);
  // JSON is YAML.
  writeFileSync(join(directory, 'config.yml'), JSON.stringify(config));
  const child = spawn(program, ['serve', join(directory, 'config.yml')], { stdio: 'ignore' });
  await eventually(() => fetch(`http://${host}/v2/`), 30_000, 20);
  return { host, stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
