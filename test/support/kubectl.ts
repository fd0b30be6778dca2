/** The real kubectl, as a person would call it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { type ExecResult, execute, run } from '../../src/lib/exec.ts';

export interface Kubectl {
  /** Resolves with what it printed; rejects with what it said when it failed. */
  (...args: string[]): Promise<string>;
  /** With something on standard input. */
  input(text: string | Uint8Array, ...args: string[]): Promise<string>;
  /** Whatever comes of it. */
  attempt(...args: string[]): Promise<ExecResult>;
  /** Left running; the caller ends it. */
  start(...args: string[]): ChildProcess;
  json<T>(...args: string[]): Promise<T>;
}

const timeoutMs = 120_000;

export function kubectlWith(kubeconfig: string, program = process.env['KUBECTL'] ?? 'kubectl'): Kubectl {
  // It remembers below HOME what the server at an address offers, and clusters follow each other at the same one.
  const env = { ...process.env, KUBECONFIG: kubeconfig, HOME: dirname(kubeconfig) };
  const call = (args: string[], input?: string | Uint8Array) =>
    run(program, args, { env, timeoutMs, ...(input !== undefined && { input }) });
  return Object.assign((...args: string[]) => call(args), {
    input: (text: string | Uint8Array, ...args: string[]) => call(args, text),
    attempt: (...args: string[]) => execute(program, args, { env, timeoutMs }),
    start: (...args: string[]) => spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] }),
    json: async <T>(...args: string[]) => JSON.parse(await call([...args, '-o', 'json'])) as T,
  });
}
