import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { podOf, recordOf } from '../testing/pod.ts';
import { type Known, podStatus } from './status.ts';

const nowMs = Date.UTC(2026, 0, 1, 12, 0, 0);

function status(yaml: string, own: Partial<Known>) {
  const pod = podOf(yaml);
  return podStatus({
    pod,
    nowMs,
    records: [],
    health: () => ({ started: true, ready: true }),
    waiting: new Map(),
    restarting: new Set(),
    podIPs: ['10.244.0.5'],
    hostIPs: ['172.30.0.2'],
    sandboxReady: true,
    startedAtMs: nowMs - 5_000,
    told: pod.status,
    ended: false,
    ...own,
  });
}

type Status = ReturnType<typeof status>;
const conditions = (s: Status) => Object.fromEntries((s.conditions ?? []).map((c) => [c.type, c.status]));
const running = recordOf('main', { startedAtMs: nowMs - 1_000 });
const exited = recordOf('main', { state: 'exited', exitCode: 3, reason: 'Error', finishedAtMs: nowMs });

describe('phases', () => {
  test('nothing runs yet: Pending, ContainerCreating', () => {
    const s = status('{}', {});
    assert.equal(s.phase, 'Pending');
    assert.deepEqual(s.containerStatuses?.[0]?.state, { waiting: { reason: 'ContainerCreating' } });
  });
  test('behind init containers: PodInitializing, not Initialized', () => {
    const s = status('spec: {initContainers: [{name: init}]}', {});
    assert.deepEqual(s.containerStatuses?.[0]?.state, { waiting: { reason: 'PodInitializing' } });
    assert.equal(conditions(s)['Initialized'], 'False');
  });
  test('while an init container runs: Pending, not Initialized, however long it runs', () => {
    const s = status('spec: {initContainers: [{name: init}]}', { records: [recordOf('init', {})] });
    assert.equal(s.phase, 'Pending');
    assert.equal(s.initContainerStatuses?.[0]?.ready, false);
    assert.equal(
      s.conditions?.find((c) => c.type === 'Initialized')?.message,
      'containers with incomplete status: [init]',
    );
  });
  test('everything runs: Running, Ready', () => {
    const s = status('{}', { records: [running] });
    assert.equal(s.phase, 'Running');
    assert.deepEqual(conditions(s), {
      PodReadyToStartContainers: 'True',
      Initialized: 'True',
      Ready: 'True',
      ContainersReady: 'True',
    });
    assert.equal(s.containerStatuses?.[0]?.containerID, 'crun://main-0');
    assert.deepEqual(s.podIPs, [{ ip: '10.244.0.5' }]);
    assert.equal(s.startTime, '2026-01-01T11:59:55Z');
  });
  test('an ephemeral container has a status, and no say', () => {
    const yaml = '{spec: {containers: [{name: main}], ephemeralContainers: [{name: look, image: box}]}}';
    const s = status(yaml, { records: [running] });
    assert.equal(conditions(s)['Ready'], 'True');
    assert.deepEqual(s.ephemeralContainerStatuses, [
      {
        name: 'look',
        state: { waiting: { reason: 'ContainerCreating' } },
        lastState: {},
        ready: false,
        restartCount: 0,
        image: 'box',
        imageID: '',
      },
    ]);
    const ended = recordOf('look', { state: 'exited', exitCode: 3, reason: 'Error', finishedAtMs: nowMs });
    const after = status(yaml, { records: [running, ended] });
    assert.equal(after.phase, 'Running');
    assert.equal(conditions(after)['Ready'], 'True');
    assert.equal(after.ephemeralContainerStatuses?.[0]?.state?.terminated?.exitCode, 3);
    assert.equal(status('{}', {}).ephemeralContainerStatuses, undefined);
  });
  test('one of two runs: Pending', () => {
    assert.equal(
      status('spec: {containers: [{name: main}, {name: b}]}', { records: [running] }).phase,
      'Pending',
    );
  });
  test('it waits for its next restart: still Running, the last state tells why', () => {
    const waiting = new Map([['main', { reason: 'CrashLoopBackOff', message: 'back-off 10s' }]]);
    const s = status('{}', { records: [exited], waiting });
    assert.equal(s.phase, 'Running');
    assert.equal(s.containerStatuses?.[0]?.state?.waiting?.reason, 'CrashLoopBackOff');
    assert.equal(s.containerStatuses?.[0]?.lastState?.terminated?.exitCode, 3);
  });
  test('it has ended for good: Failed, or Succeeded', () => {
    assert.equal(status('{}', { records: [exited], ended: true }).phase, 'Failed');
    const s = status('{}', { records: [{ ...exited, exitCode: 0 }], ended: true });
    assert.equal(s.phase, 'Succeeded');
    assert.equal(s.conditions?.find((c) => c.type === 'Ready')?.reason, 'PodCompleted');
  });
  test('a deadline says its reason', () => {
    const failure = { reason: 'DeadlineExceeded', message: 'too long' };
    const s = status('{}', { records: [exited], ended: true, failure });
    assert.deepEqual([s.phase, s.reason, s.message], ['Failed', 'DeadlineExceeded', 'too long']);
  });
  test('why a pod failed stays', () => {
    const s = status('status: {phase: Failed, reason: NodePorts, message: taken}', {
      records: [],
      ended: true,
    });
    assert.deepEqual([s.phase, s.reason, s.message], ['Failed', 'NodePorts', 'taken']);
  });
  test('one that the node rejected tells nothing of containers', () => {
    const failure = { reason: 'NodePorts', message: 'taken' };
    assert.equal(status('{}', { records: [], ended: true, failure }).containerStatuses, undefined);
    assert.equal(status('{}', { records: [exited], ended: true, failure }).containerStatuses?.length, 1);
  });
  test('a phase that is final stays', () => {
    assert.equal(status('status: {phase: Failed}', { records: [running] }).phase, 'Failed');
  });
});

describe('readiness', () => {
  test('a container that is not ready is named', () => {
    const s = status('{}', { records: [running], health: () => ({ started: true, ready: false }) });
    const ready = s.conditions?.find((c) => c.type === 'Ready');
    assert.deepEqual(
      [ready?.reason, ready?.message],
      ['ContainersNotReady', 'containers with unready status: [main]'],
    );
  });
  test('readiness gates are waited for', () => {
    const gated = (held: string) =>
      status(
        `{spec: {readinessGates: [{conditionType: lb}]}, status: {conditions: [{type: lb, status: "${held}"}]}}`,
        {
          records: [running],
        },
      );
    assert.deepEqual(
      [conditions(gated('False'))['Ready'], conditions(gated('False'))['ContainersReady']],
      ['False', 'True'],
    );
    assert.equal(conditions(gated('True'))['Ready'], 'True');
  });
  test('conditions of others are kept, and the time of a condition that stays', () => {
    const s = status(
      `status: {conditions: [{type: PodScheduled, status: "True"}, {type: Ready, status: "True", lastTransitionTime: "2026-01-01T00:00:00Z"}]}`,
      { records: [running] },
    );
    assert.equal(conditions(s)['PodScheduled'], 'True');
    assert.equal(s.conditions?.find((c) => c.type === 'Ready')?.lastTransitionTime, '2026-01-01T00:00:00Z');
    assert.equal(
      s.conditions?.find((c) => c.type === 'Initialized')?.lastTransitionTime,
      '2026-01-01T12:00:00Z',
    );
  });
});

describe('containers', () => {
  test('a restarted one counts, and remembers its last state', () => {
    const second = { ...running, id: 'main-1', attempt: 1 };
    const [s] = status('{}', { records: [exited, second] }).containerStatuses ?? [];
    assert.equal(s?.restartCount, 1);
    assert.ok(s?.state?.running);
    assert.equal(s?.lastState?.terminated?.containerID, 'crun://main-0');
  });
  test('the count survives the loss of all records', () => {
    const s = status('status: {containerStatuses: [{name: main, restartCount: 4}]}', {});
    assert.equal(s.containerStatuses?.[0]?.restartCount, 4);
  });
  test('a finished init container is ready, a sidecar counts for the readiness of the pod', () => {
    const yaml = 'spec: {initContainers: [{name: init}, {name: side, restartPolicy: Always}]}';
    const records = [
      running,
      recordOf('init', { state: 'exited', exitCode: 0, finishedAtMs: nowMs }),
      recordOf('side', {}),
    ];
    const health = (id: string) => ({ started: true, ready: id !== 'side-0' });
    const s = status(yaml, { records, health });
    assert.deepEqual(
      s.initContainerStatuses?.map((c) => c.ready),
      [true, false],
    );
    assert.equal(conditions(s)['Ready'], 'False');
  });
});
