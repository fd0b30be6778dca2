/** What stands in a node's /etc: enough of the host's for programs to run, and the node's own. */
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';

const fromHost = [
  'passwd',
  'group',
  'nsswitch.conf',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'protocols',
  'services',
  'localtime',
  'debian_version',
  'os-release',
  'terminfo',
];

const longAgo = new Date(0);

export interface EtcOptions {
  directory: string;
  hostname: string;
  addresses: readonly string[];
  /** 32 hexadecimal digits. Asked once in the life of a node. */
  newMachineId: () => string;
  /** Configuration by file name below /etc/switchboard; secret, readable by root only. */
  config: Readonly<Record<string, string>>;
  /** Supervised programs by name: the command line. */
  services: Readonly<Record<string, string>>;
}

export function writeEtc(options: EtcOptions): void {
  const { directory, hostname, addresses, config, services } = options;
  mkdirSync(directory, { recursive: true });
  for (const name of fromHost) {
    if (!existsSync(`/etc/${name}`)) continue;
    rmSync(`${directory}/${name}`, { recursive: true, force: true });
    cpSync(`/etc/${name}`, `${directory}/${name}`, { recursive: true, verbatimSymlinks: true });
  }
  writeFileSync(`${directory}/hostname`, `${hostname}\n`);
  // Nodes are told apart by it, so it is not the host's. https://man7.org/linux/man-pages/man5/machine-id.5.html
  const machineId = `${directory}/machine-id`;
  if (!existsSync(machineId)) writeFileSync(machineId, `${options.newMachineId()}\n`, { mode: 0o444 });
  const hosts = [
    '127.0.0.1 localhost',
    '::1 localhost ip6-localhost',
    ...addresses.map((a) => `${a} ${hostname}`),
  ];
  writeFileSync(`${directory}/hosts`, `${hosts.join('\n')}\n`);
  writeFileSync(`${directory}/resolv.conf`, '# This node has no name server outside the cluster.\n');
  mkdirSync(`${directory}/switchboard`, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(config)) {
    writeFileSync(`${directory}/switchboard/${name}`, text, { mode: 0o600 });
  }
  for (const [name, command] of Object.entries(services))
    writeService(`${directory}/service/${name}`, name, command);
  // runsvdir waits a second before it looks into a directory that was changed just now.
  utimesSync(`${directory}/service`, longAgo, longAgo);
}

/** A directory that runit supervises, its log kept small by svlogd. http://smarden.org/runit/runsv.8.html */
export function writeService(
  directory: string,
  name: string,
  command: string,
  logDirectory = '/var/log/switchboard',
): void {
  mkdirSync(`${directory}/log`, { recursive: true });
  script(`${directory}/run`, `exec 2>&1\nexec ${command}`);
  script(`${directory}/log/run`, `mkdir -p ${logDirectory}/${name}\nexec svlogd ${logDirectory}/${name}`);
}

function script(path: string, body: string): void {
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}
