/** A Linux machine on a LAN, which nothing of this project prepared: a network namespace with addresses and routes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/cluster/paths.ts';
import { type ExecResult, execute, run } from '../../src/lib/exec.ts';
import { createNetns, removeNamespace } from '../../src/lib/linux/namespaces.ts';
import { attachNode } from '../../src/network/lan.ts';

const program = join(packageRoot, 'bin/switchboard');

export interface ProxyProcess {
  /** Its log until now. */
  said(): string;
  /** Its exit code, however it ends. */
  ended: Promise<number | null>;
  /** Asks it to end. */
  end(): Promise<number | null>;
}

export class ForeignNode implements AsyncDisposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'switchboard-foreign-'));
  readonly netns = join(this.#directory, 'netns');
  readonly name: string;
  readonly #running = new Set<ChildProcess>();

  /** `addresses` are on the LAN, with prefix. Everything that is not on it is thought to be there too. */
  constructor(lanNetns: string, name: string, addresses: readonly string[]) {
    this.name = name;
    createNetns(this.netns);
    attachNode({ lanNetns, nodeNetns: this.netns, nodeName: name, addresses });
  }

  /** Runs a command in its network; rejects when that fails. */
  run(...command: string[]): Promise<string> {
    return run('nsenter', [`--net=${this.netns}`, '--', ...command], { timeoutMs: 20_000 });
  }

  /** `switchboard proxy …` until it ends by itself. */
  proxyOnce(...args: string[]): Promise<ExecResult> {
    return execute('nsenter', [`--net=${this.netns}`, '--', program, 'proxy', ...args], {
      timeoutMs: 30_000,
    });
  }

  /** Starts `switchboard proxy --hostname-override NAME …`. */
  startProxy(...args: string[]): ProxyProcess {
    const options = ['--hostname-override', this.name, ...args];
    const child = spawn('nsenter', [`--net=${this.netns}`, '--', program, 'proxy', ...options], {
      stdio: ['ignore', 'ignore', 'pipe'],
      // Its log is looked at, whatever the tests themselves are to say.
      env: { ...process.env, SWITCHBOARD_LOG: 'info' },
    });
    this.#running.add(child);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    // Not `exit`: its last words may come after that.
    const exit = once(child, 'close') as Promise<[number | null]>;
    const ended = exit.then(([code]) => (this.#running.delete(child), code));
    return {
      said: () => said,
      ended,
      end() {
        child.kill('SIGTERM');
        return ended;
      },
    };
  }

  /** What nftables has in it. */
  rules(): Promise<string> {
    return this.run('nft', 'list', 'ruleset');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#running) {
      const ended = once(child, 'close');
      child.kill('SIGKILL');
      await ended;
    }
    removeNamespace(this.netns);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
