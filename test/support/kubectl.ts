/** The real kubectl, as a person would call it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fromKubeconfig } from '../../src/client/kubeconfig.ts';
import { kubeconfigOf, writeKubeconfig } from '../../src/cluster/kubeconfig.ts';
import { type ExecResult, execute, run } from '../../src/lib/exec.ts';
import type { KeyPair } from '../../src/lib/pki/certificate.ts';

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

/** Writes a kubeconfig for whoever shows this certificate, to the server of another one; `kubectl config` of 1.20 cannot. */
export function kubeconfigFor({ certificate, privateKey }: KeyPair, file: string, like: string): string {
  const { server, ca = '' } = fromKubeconfig(like);
  writeKubeconfig(file, kubeconfigOf({ name: 'own', server, ca, cert: certificate, key: privateKey }));
  return file;
}

/** As `kubectl create token`, which 1.20 does not have. */
export async function createToken(
  kubectl: Kubectl,
  account: string,
  { namespace = 'default', ...spec }: { namespace?: string; [field: string]: unknown } = {},
): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
  const answer = await kubectl.input(JSON.stringify(request), 'create', '--raw', path, '-f', '-');
  return (JSON.parse(answer) as { status: { token: string } }).status.token;
}
