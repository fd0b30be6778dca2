/**
 * conmon stands beside each container: it holds its output, writes its log and its exit code, and is
 * nobody's child, so that an agent may come and go. https://github.com/containers/conmon
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { ContainerConfig } from '../contract.ts';
import type { Crun } from './crun.ts';

export interface ConmonPaths {
  /** The container's own directory: config.json, and the sockets that conmon makes. */
  bundle: string;
  /** One file a container that ended, named by its id, holding the exit code. */
  exits: string;
}

export function conmonArguments(
  config: ContainerConfig,
  { bundle, exits }: ConmonPaths,
  crun: Crun,
): string[] {
  const options: [string, string][] = [
    ['api-version', '1'],
    ['cid', config.id],
    ['cuuid', config.id],
    ['name', config.name],
    ['runtime', crun.program],
    ...crun.globalArguments.map((argument): [string, string] => ['runtime-arg', argument]),
    ['bundle', bundle],
    ['exit-dir', exits],
    ['container-pidfile', join(bundle, 'pid')],
    ['conmon-pidfile', join(bundle, 'conmon.pid')],
    ['log-path', `k8s-file:${config.logPath}`],
  ];
  const flags = ['full-attach', 'no-sync-log', 'no-new-keyring'];
  if (config.tty) flags.push('terminal');
  if (config.stdin) flags.push('stdin');
  // Without it, the first client that detaches would end the container's input.
  if (config.stdin && !config.stdinOnce) flags.push('leave-stdin-open');
  return [...options.map(([name, value]) => `--${name}=${value}`), ...flags.map((name) => `--${name}`)];
}

/** Creates the container and returns the pid of its first process, which waits for `start`. */
export async function createUnderConmon(
  config: ContainerConfig,
  paths: ConmonPaths,
  crun: Crun,
): Promise<number> {
  const child = spawn('conmon', conmonArguments(config, paths, crun), {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], _OCI_SYNCPIPE: '3' },
    detached: true,
    // conmon leaves a file `oom` where it stands when the kernel kills the container for its memory.
    cwd: paths.bundle,
  });
  const failed = new Promise<never>((_, reject) =>
    child.on('error', (cause) => reject(new Error(`Cannot start conmon: ${cause.message}`))),
  );
  const said = await Promise.race([firstLine(child.stdio[3] as Readable), failed]);
  const { data, message } = JSON.parse(said || '{"data":-1}') as { data: number; message?: string };
  if (data > 0) return data;
  throw new Error(message?.trim() || `conmon ended without a word (exit code ${child.exitCode})`);
}

async function firstLine(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text.trim();
}
