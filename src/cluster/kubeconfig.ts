/** The administrator's kubeconfig: in a file of the cluster's own, and merged into the user's. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { parse, stringify } from 'yaml';

interface Named {
  name: string;
}

interface Kubeconfig {
  apiVersion: 'v1';
  kind: 'Config';
  clusters: (Named & { cluster: object })[];
  users: (Named & { user: object })[];
  contexts: (Named & { context: object })[];
  'current-context': string;
  preferences?: object;
}

export interface Access {
  /** `switchboard-dev`: names the context, the cluster and the user. */
  name: string;
  server: string;
  ca: string;
  cert: string;
  key: string;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

export function kubeconfigOf({ name, server, ca, cert, key }: Access): Kubeconfig {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [{ name, user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
}

/** Where the user's kubectl looks. */
export function userKubeconfig(env: NodeJS.ProcessEnv = process.env): string {
  return env['KUBECONFIG']?.split(':').find((file) => file !== '') ?? `${homedir()}/.kube/config`;
}

export function writeKubeconfig(file: string, config: Kubeconfig): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, stringify(config), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Adds our context beside what the file has, and makes it the current one. */
export function mergeKubeconfig(file: string, ours: Kubeconfig): void {
  const theirs = read(file);
  if (!theirs) return writeKubeconfig(file, ours);
  const name = ours['current-context'];
  writeKubeconfig(file, {
    ...theirs,
    clusters: [...others(theirs.clusters, name), ...ours.clusters],
    users: [...others(theirs.users, name), ...ours.users],
    contexts: [...others(theirs.contexts, name), ...ours.contexts],
    'current-context': name,
  });
}

/** Takes our context out again; everything else stays as it is. */
export function unmergeKubeconfig(file: string, name: string): void {
  const theirs = read(file);
  if (!theirs?.contexts?.some((c) => c.name === name)) return;
  const contexts = others(theirs.contexts, name);
  writeKubeconfig(file, {
    ...theirs,
    clusters: others(theirs.clusters, name),
    users: others(theirs.users, name),
    contexts,
    'current-context':
      theirs['current-context'] === name ? (contexts[0]?.name ?? '') : theirs['current-context'],
  });
}

function read(file: string): Kubeconfig | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return (parse(readFileSync(file, 'utf8')) as Kubeconfig | null) ?? undefined;
  } catch (err) {
    throw new Error(
      `Cannot read the kubeconfig ${file}: ${(err as Error).message}; mend it or give another with --kubeconfig`,
    );
  }
}

const others = <T extends Named>(list: readonly T[] | null | undefined, name: string): T[] =>
  (list ?? []).filter((entry) => entry.name !== name);
