/** What is done to a cluster while clients call: each ends when the cluster is whole again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { signalProcess } from '../../../src/lib/process.ts';
import type { TestCluster } from '../cluster.ts';
import { eventually } from '../eventually.ts';
import { backAgain, killHard, processesRunning } from '../faults.ts';
import { deploymentName } from './world.ts';

export interface Disruption {
  name: string;
  /** Tells each of its steps as it is taken. */
  make(cluster: TestCluster, step: (what: string) => void): Promise<void>;
}

const target = `deployment/${deploymentName}`;
const patienceMs = 30_000;

const rolledOut = ({ kubectl }: TestCluster) => kubectl('rollout', 'status', target, '--timeout=120s');

async function scaleTo(cluster: TestCluster, replicas: number): Promise<void> {
  await cluster.kubectl('scale', target, `--replicas=${replicas}`);
  await rolledOut(cluster);
}

const nodesOf = (cluster: TestCluster) => cluster.record().nodes.map(({ name }) => name);
const apiAnswers = (cluster: TestCluster) => cluster.kubectl('get', '--raw', '/readyz');

export const scaling = (times: number, least = 1): Disruption => ({
  name: `scaled ${least}→5→${least}, ${times} times`,
  async make(cluster, step) {
    for (let n = 0; n < times; n++) {
      step(`scale to ${least}`);
      await scaleTo(cluster, least);
      step('scale to 5');
      await scaleTo(cluster, 5);
    }
    await scaleTo(cluster, least);
    await scaleTo(cluster, restReplicas);
  },
});

/** One agent after the other is held up for a moment, as on a machine that has too much to do. */
export const stuttering = (times: number, pauseMs: number): Disruption => ({
  name: `scaled ${times} times, agents held up for ${pauseMs} ms`,
  async make(cluster, step) {
    const scaled = new AbortController();
    const pausing = (async () => {
      for (let n = 0; !scaled.signal.aborted; n++) {
        const agents = processesRunning(cluster, 'agent');
        const agent = agents[n % agents.length];
        if (!agent) continue;
        step(`hold up the agent with pid ${agent.pid}`);
        signalProcess(agent, 'SIGSTOP');
        await sleep(pauseMs).finally(() => signalProcess(agent, 'SIGCONT'));
        await sleep(pauseMs / 3);
      }
    })();
    try {
      await scaling(times, 2).make(cluster, step);
    } finally {
      scaled.abort();
      await pausing;
    }
  },
});

/** What the other disruptions begin with. */
export const restReplicas = 4;

export const rollingUpdate: Disruption = {
  name: 'rolling update',
  async make(cluster, step) {
    step('another image');
    await cluster.kubectl('set', 'image', target, 'nginx=nginx:1.16.1');
    await rolledOut(cluster);
  },
};

/** Each of these, one after the other. */
export const drained = (nodes: (all: string[]) => string[]): Disruption => ({
  name: 'node drained',
  async make(cluster, step) {
    for (const node of nodes(nodesOf(cluster))) {
      step(`drain ${node}`);
      await cluster.kubectl('drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=90s');
      await rolledOut(cluster);
      await cluster.kubectl('uncordon', node);
    }
  },
});

export const agentsKilled = (nodes: (all: string[]) => string[]): Disruption => ({
  name: 'agent killed',
  async make(cluster, step) {
    for (const node of nodes(nodesOf(cluster))) {
      step(`kill -9 the agent of ${node}`);
      const killed = await killHard(cluster, 'agent', node);
      await backAgain(cluster, 'agent', killed, () => apiAnswers(cluster), patienceMs);
      // What it does first is done by then.
      await sleep(2_000);
    }
  },
});

export const controlPlaneStopped = (ms: number): Disruption => ({
  name: `control plane stopped for ${ms / 1_000} s`,
  async make(cluster, step) {
    const [first = ''] = nodesOf(cluster);
    step('stop the control plane');
    await cluster.inNode(first, 'sv', 'down', service);
    try {
      await sleep(ms);
    } finally {
      step('start the control plane');
      await cluster.inNode(first, 'sv', 'up', service);
    }
    await eventually(() => apiAnswers(cluster), patienceMs);
    await sleep(2_000);
    await rolledOut(cluster);
  },
});

const service = '/etc/service/controlplane';
