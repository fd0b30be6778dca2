import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { tableOf } from '../../table.ts';
import type { Pod } from '../../types.ts';
import { pod as kind } from './kind.ts';

const now = Date.parse('2026-01-01T01:00:00Z');

/** READY, STATUS and RESTARTS as `kubectl get pods` prints them. */
function printed(yaml: string): string {
  const given = parse(yaml) as Partial<Pod>;
  const pod = { metadata: { name: 'web' }, ...given };
  const [row] = tableOf(kind, [pod], now).rows;
  return (row?.cells ?? []).slice(1, 4).join(' ');
}

describe('kubectl get pods prints', () => {
  const cases: Record<string, string> = {
    '0/1 Pending 0': '{ spec: { containers: [{}] }, status: { phase: Pending } }',
    '1/1 Running 0': `
      spec: { containers: [{}] }
      status: { phase: Running, containerStatuses: [{ ready: true, restartCount: 0, state: { running: {} } }] }`,
    '0/1 ContainerCreating 0': `
      spec: { containers: [{}] }
      status: { phase: Pending, containerStatuses: [{ restartCount: 0, state: { waiting: { reason: ContainerCreating } } }] }`,
    '1/2 CrashLoopBackOff 3 (5m ago)': `
      spec: { containers: [{}, {}] }
      status:
        phase: Running
        containerStatuses:
        - { ready: true, restartCount: 0, state: { running: {} } }
        - restartCount: 3
          state: { waiting: { reason: CrashLoopBackOff } }
          lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:55:00Z' } }`,
    '0/1 Completed 0': `
      spec: { containers: [{}] }
      status: { phase: Succeeded, containerStatuses: [{ restartCount: 0, state: { terminated: { exitCode: 0, reason: Completed } } }] }`,
    '0/1 ExitCode:2 0': `
      spec: { containers: [{}] }
      status: { phase: Failed, containerStatuses: [{ restartCount: 0, state: { terminated: { exitCode: 2 } } }] }`,
    '0/1 Signal:9 0': `
      spec: { containers: [{}] }
      status: { phase: Failed, containerStatuses: [{ restartCount: 0, state: { terminated: { exitCode: 137, signal: 9 } } }] }`,
    '1/2 NotReady 0': `
      spec: { containers: [{}, {}] }
      status:
        phase: Running
        containerStatuses:
        - { restartCount: 0, state: { terminated: { exitCode: 0, reason: Completed } } }
        - { ready: true, restartCount: 0, state: { running: {} } }`,
    '0/1 Init:0/2 0': `
      spec: { initContainers: [{ name: a }, { name: b }], containers: [{}] }
      status: { phase: Pending, initContainerStatuses: [{ name: a, restartCount: 0, state: { running: {} } }] }`,
    '0/1 Init:1/2 0': `
      spec: { initContainers: [{ name: a }, { name: b }], containers: [{}] }
      status:
        phase: Pending
        initContainerStatuses:
        - { name: a, restartCount: 0, state: { terminated: { exitCode: 0 } } }
        - { name: b, restartCount: 0, state: { waiting: { reason: PodInitializing } } }`,
    '0/1 Init:CrashLoopBackOff 2 (10m ago)': `
      spec: { initContainers: [{ name: a }], containers: [{}] }
      status:
        phase: Pending
        initContainerStatuses:
        - name: a
          restartCount: 2
          state: { waiting: { reason: CrashLoopBackOff } }
          lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:50:00Z' } }`,
    '0/1 Init:Error 0': `
      spec: { initContainers: [{ name: a }], containers: [{}] }
      status: { phase: Failed, initContainerStatuses: [{ name: a, restartCount: 0, state: { terminated: { exitCode: 1, reason: Error } } }] }`,
    '2/2 Running 1 (30m ago)': `
      spec: { initContainers: [{ name: proxy, restartPolicy: Always }], containers: [{}] }
      status:
        phase: Running
        initContainerStatuses:
        - name: proxy
          ready: true
          started: true
          restartCount: 1
          state: { running: {} }
          lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:30:00Z' } }
        containerStatuses: [{ ready: true, restartCount: 0, state: { running: {} } }]`,
    '1/1 Terminating 0': `
      metadata: { name: web, deletionTimestamp: '2026-01-01T00:59:00Z' }
      spec: { containers: [{}] }
      status: { phase: Running, containerStatuses: [{ ready: true, restartCount: 0, state: { running: {} } }] }`,
    '0/1 Unknown 0': `
      metadata: { name: web, deletionTimestamp: '2026-01-01T00:59:00Z' }
      spec: { containers: [{}] }
      status: { phase: Running, reason: NodeLost }`,
    '0/1 Evicted 0': '{ spec: { containers: [{}] }, status: { phase: Failed, reason: Evicted } }',
    '0/1 SchedulingGated 0': `
      spec: { containers: [{}] }
      status: { phase: Pending, conditions: [{ type: PodScheduled, status: 'False', reason: SchedulingGated }] }`,
  };
  for (const [text, yaml] of Object.entries(cases))
    test(text, () => {
      assert.equal(printed(yaml), text);
    });
});

test('a pod needs no time to end when it is on no node or has ended', () => {
  const grace = (yaml: string) =>
    kind.graceSeconds?.({ metadata: { name: 'web' }, ...(parse(yaml) as Partial<Pod>) });
  assert.equal(grace('{ spec: { containers: [], nodeName: n, terminationGracePeriodSeconds: 7 } }'), 7);
  assert.equal(grace('{ spec: { containers: [], terminationGracePeriodSeconds: 7 } }'), 0);
  assert.equal(grace('{ spec: { containers: [], nodeName: n }, status: { phase: Succeeded } }'), 0);
});
