/** Commands that run a program somewhere else: on the LAN, in a node. Its terminal, exit code and signals are its own. */
import { spawn } from 'node:child_process';
import { clusterPaths } from '../cluster/paths.ts';
import { existingNode, existingRecord } from '../cluster/record.ts';
import { requireRoot } from '../cluster/root.ts';
import { isAlive } from '../lib/process.ts';

export function lanCommand(command: string[], { name }: { name: string }): Promise<never> {
  requireRoot();
  existingRecord(name);
  return become('nsenter', [`--net=${clusterPaths(name).lanNetns}`, '--', ...withoutDashes(command)]);
}

export function nodeExecCommand(
  which: string,
  command: string[],
  { name }: { name: string },
): Promise<never> {
  requireRoot();
  const node = existingNode(existingRecord(name), which);
  if (!node.process || !isAlive(node.process)) {
    throw new Error(
      `Cannot run in node ${which}: it is stopped; start it with: switchboard node start ${which} --name ${name}`,
    );
  }
  return become('nsenter', ['--target', String(node.process.pid), '--all', '--', ...withoutDashes(command)]);
}

/** The `--` before a command is for us; behind another argument it is left in its place. */
const withoutDashes = ([first, ...rest]: string[]): string[] =>
  first === '--' ? rest : [...(first === undefined ? [] : [first]), ...rest];

/** Node cannot exec; the nearest to it is a child that has everything of ours, and whose end is ours. */
function become(program: string, args: string[]): Promise<never> {
  return new Promise((_resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => child.kill(signal));
    child.on('error', (err) => reject(new Error(`Cannot run ${program}: ${err.message}`)));
    child.on('exit', (code, signal) => {
      if (signal) {
        process.removeAllListeners(signal);
        process.kill(process.pid, signal);
      } else process.exit(code ?? 1);
    });
  });
}
