/** The calls to crun. Its state stands in a directory of our own, so that it meets no other's containers. */
import { execute, run } from '../../lib/exec.ts';

export interface Crun {
  readonly program: string;
  readonly globalArguments: readonly string[];
  start(id: string): Promise<void>;
  /** Of one that has ended, or by force of any; nothing if crun does not know it. */
  delete(id: string, force?: boolean): Promise<void>;
}

export function crunIn(root: string, withCgroups: boolean, program = '/usr/bin/crun'): Crun {
  const globalArguments = [`--root=${root}`, ...(withCgroups ? [] : ['--cgroup-manager=disabled'])];
  return {
    program,
    globalArguments,
    async start(id) {
      await run(program, [...globalArguments, 'start', id]);
    },
    async delete(id, force = false) {
      const options = force ? ['--force'] : [];
      const { code, stderr } = await execute(program, [...globalArguments, 'delete', ...options, id]);
      if (code !== 0 && !/does not exist|No such file/.test(stderr))
        throw new Error(`Cannot delete container ${id}: ${stderr.trim()}`);
    },
  };
}
