/** Waits until a cluster is of use: its nodes are Ready and its DNS answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { nodes } from '../api/resource.ts';
import { httpClient } from '../client/http.ts';
import { informer } from '../client/informer.ts';
import { fromKubeconfig } from '../client/kubeconfig.ts';
import { addressesOf } from './addresses.ts';
import { dnsAnswers } from './askDns.ts';
import { clusterPaths } from './paths.ts';
import type { Progress } from './progress.ts';
import type { ClusterRecord } from './record.ts';

const patienceMs = 60_000;

export async function waitUntilReady(record: ClusterRecord, progress: Progress): Promise<void> {
  progress('nodes Ready');
  await nodesReady(record);
  progress('DNS answers');
  await namesAnswered(record);
}

async function nodesReady(record: ClusterRecord): Promise<void> {
  const client = httpClient(fromKubeconfig(clusterPaths(record.name).kubeconfig));
  const stop = new AbortController();
  const known = informer(client, nodes, { signal: stop.signal });
  const isReady = (name: string) =>
    known.get(name)?.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;
  try {
    await new Promise<void>((resolve, reject) => {
      const waiting = () => record.nodes.filter((node) => !isReady(node.name)).map((node) => node.name);
      const late = setTimeout(
        () =>
          reject(
            new Error(
              `Cannot wait longer for ${waiting().join(', ')} to be Ready: look into switchboard node exec --name ${record.name} ${waiting()[0]} -- tail /var/log/switchboard/agent/current`,
            ),
          ),
        patienceMs,
      );
      known.onChange(() => {
        if (waiting().length > 0) return;
        clearTimeout(late);
        resolve();
      });
    });
  } finally {
    stop.abort();
    client.close();
  }
}

/** Asks from the first node, the way a pod would: by the Service's address. */
async function namesAnswered(record: ClusterRecord): Promise<void> {
  const pid = record.nodes[0]?.process?.pid;
  if (pid === undefined) throw new Error('Cannot ask for names: the first node is stopped');
  const server = addressesOf(record).clusterDNS;
  const until = Date.now() + patienceMs;
  while (!(await dnsAnswers(`/proc/${pid}/ns/net`, server))) {
    if (Date.now() > until)
      throw new Error(
        'Cannot wait longer for DNS: look into kubectl -n kube-system describe pods -l k8s-app=kube-dns',
      );
    await sleep(10);
  }
}
