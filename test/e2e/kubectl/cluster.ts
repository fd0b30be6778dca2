/** One cluster for every subject of kubectl; each subject works in a namespace of its own. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import type { ExecResult } from '../../../src/lib/exec.ts';
import { startCluster, type TestCluster } from '../../support/cluster.ts';
import { type Kubectl, kubectlWith } from '../../support/kubectl.ts';
import { kubectls } from '../../support/kubectls.ts';

export const programs = await kubectls();

let starting: Promise<TestCluster> | undefined;

export const cluster = (): Promise<TestCluster> =>
  (starting ??= startCluster({ name: 'e2e-kubectl', nodes: 2 }));

export interface Place {
  kubectl: Kubectl;
  program: string;
  kubeconfig: string;
}

/** A new namespace, and a kubectl (the newest, where none is named) that speaks in it. */
export async function placeOf(namespace: string, program = programs.at(-1)): Promise<Place> {
  assert.ok(program, 'there is a kubectl');
  const { kubeconfig } = await cluster();
  const own = `${kubeconfig}-${namespace}`;
  copyFileSync(kubeconfig, own);
  const kubectl = kubectlWith(own, program.path);
  await kubectl('create', 'namespace', namespace);
  await kubectl('config', 'set-context', '--current', `--namespace=${namespace}`);
  return { kubectl, program: program.path, kubeconfig: own };
}

/** Holds when kubectl failed, and said so in these words. */
export async function refuses(call: Promise<ExecResult>, said: RegExp, code = 1): Promise<void> {
  const result = await call;
  assert.match(result.stderr, said);
  assert.equal(result.code, code, result.stderr);
}

/** Holds when all of these stand in the text, in this order. */
export function tells(text: string, words: readonly RegExp[]): void {
  let rest = text;
  for (const word of words) {
    const at = rest.search(word);
    assert.ok(at >= 0, `no ${word} in what is left:\n${rest}`);
    rest = rest.slice(at);
  }
}
