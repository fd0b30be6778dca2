import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ContainerRecord } from '../contract.ts';
import { podOf, recordOf } from '../testing/pod.ts';
import { type Observed, planPod } from './plan.ts';

const nowMs = 100_000;

function observed(yaml: string, records: ContainerRecord[], own: Partial<Observed> = {}): Observed {
  return {
    pod: podOf(yaml),
    nowMs,
    records,
    sandboxSinceMs: 0,
    startedAtMs: 0,
    busy: new Set(),
    health: () => ({ started: true, ready: true }),
    backoffs: new Map(),
    retryAtMs: new Map(),
    ...own,
  };
}

/** The plan in a line. */
function plan(yaml: string, records: ContainerRecord[], own: Partial<Observed> = {}): string {
  const made = planPod(observed(yaml, records, own));
  const { start, startApart, kill, remove, waiting, finished, failure } = made;
  const parts = [
    start.length > 0 && `start ${start.join(' ')}`,
    startApart.length > 0 && `start apart ${startApart.join(' ')}`,
    kill.length > 0 && `kill ${kill.map((k) => k.name).join(' ')}`,
    remove.length > 0 && `remove ${remove.map((r) => r.id).join(' ')}`,
    waiting.size > 0 && `${[...waiting].map(([name, w]) => `${name} waits: ${w.reason}`).join(' ')}`,
    failure?.reason,
    finished && 'finished',
  ];
  return parts.filter(Boolean).join(', ') || 'nothing';
}

const running = (name: string, own: Partial<ContainerRecord> = {}) => recordOf(name, own);
const exited = (name: string, exitCode: number, own: Partial<ContainerRecord> = {}) =>
  recordOf(name, { state: 'exited', exitCode, finishedAtMs: 90_000, ...own });

describe('app containers', () => {
  const two = 'spec: {containers: [{name: a}, {name: b}]}';

  test('all are started, in order', () => assert.equal(plan(two, []), 'start a b'));
  test('those that run are left alone', () =>
    assert.equal(plan(two, [running('a'), running('b')]), 'nothing'));
  test('only what is missing is started', () => assert.equal(plan(two, [running('a')]), 'start b'));
  test('one that is being started is not started twice', () =>
    assert.equal(plan(two, [], { busy: new Set(['a']) }), 'start b'));
  test('one that could not start waits for its time', () =>
    assert.equal(plan(two, [running('b')], { retryAtMs: new Map([['a', nowMs + 5]]) }), 'nothing'));
  test('one that fails its liveness probe is killed', () => {
    const health = (id: string) => ({ started: true, ready: true, ...(id === 'a-0' && { failed: 'sick' }) });
    assert.equal(plan(two, [running('a'), running('b')], { health }), 'kill a');
  });
});

describe('ephemeral containers', () => {
  const looked = (more = '') =>
    `{spec: {${more} containers: [{name: main}], ephemeralContainers: [{name: look}, {name: other}]}}`;

  test('are started at once, each by itself, also beside init containers', () => {
    assert.equal(plan(looked(), [running('main')]), 'start apart look other');
    assert.equal(plan(looked('initContainers: [{name: init}],'), []), 'start init, start apart look other');
  });
  test('run once', () =>
    assert.equal(plan(looked(), [running('main'), exited('look', 1), running('other')]), 'nothing'));
  test('run once, also when the node was off meanwhile', () =>
    assert.equal(
      plan(looked(), [exited('main', 137, { createdAtMs: 1 }), exited('look', 137, { createdAtMs: 1 })], {
        sandboxSinceMs: 5,
        busy: new Set(['other']),
      }),
      'start main',
    ));
  test('that could not start wait for their time', () =>
    assert.equal(
      plan(looked(), [running('main'), running('other')], { retryAtMs: new Map([['look', nowMs + 5]]) }),
      'nothing',
    ));
  test('do not keep a pod that is over', () =>
    assert.equal(plan(looked('restartPolicy: Never,'), [exited('main', 0), running('look')]), 'kill look'));
});

describe('the restart policy', () => {
  const cases: [policy: string, exitCode: number, expected: string][] = [
    ['Always', 0, 'start main'],
    ['Always', 1, 'start main'],
    ['OnFailure', 0, 'finished'],
    ['OnFailure', 1, 'start main'],
    ['Never', 0, 'finished'],
    ['Never', 1, 'finished'],
  ];
  for (const [policy, exitCode, expected] of cases)
    test(`${policy}, exit code ${exitCode}: ${expected}`, () =>
      assert.equal(plan(`spec: {restartPolicy: ${policy}}`, [exited('main', exitCode)]), expected));

  test('the second restart waits for 10 s', () => {
    const backoffs = new Map([['main', 10_000]]);
    const records = [exited('main', 1, { finishedAtMs: nowMs - 9_000, startedAtMs: nowMs - 9_500 })];
    assert.equal(plan('spec: {}', records, { backoffs }), 'main waits: CrashLoopBackOff');
    const { wakeAtMs, waiting } = planPod(observed('spec: {}', records, { backoffs }));
    assert.equal(wakeAtMs, nowMs + 1_000);
    assert.equal(
      waiting.get('main')?.message,
      'back-off 10s restarting failed container=main pod=web_default(uid-1)',
    );
    assert.equal(plan('spec: {}', records, { backoffs, nowMs: nowMs + 1_000 }), 'start main');
  });

  test('what has run for 10 min is restarted at once', () => {
    const record = exited('main', 1, { startedAtMs: nowMs - 601_000, finishedAtMs: nowMs - 1 });
    assert.equal(plan('spec: {}', [record], { backoffs: new Map([['main', 300_000]]) }), 'start main');
  });
});

describe('init containers', () => {
  const yaml = 'spec: {initContainers: [{name: one}, {name: two}], containers: [{name: main}]}';

  test('the first is alone at first', () => assert.equal(plan(yaml, []), 'start one'));
  test('nothing happens while it runs', () => assert.equal(plan(yaml, [running('one')]), 'nothing'));
  test('the next follows its success', () => assert.equal(plan(yaml, [exited('one', 0)]), 'start two'));
  test('its failure is repeated', () => assert.equal(plan(yaml, [exited('one', 1)]), 'start one'));
  test('the others follow the last', () =>
    assert.equal(plan(yaml, [exited('one', 0), exited('two', 0)]), 'start main'));
  test('under Never its failure is the failure of the pod', () => {
    const { finished, failure } = planPod(
      observed(`${yaml.slice(0, -1)}, restartPolicy: Never}`, [exited('one', 1)]),
    );
    assert.deepEqual([finished, failure], [true, {}]);
  });
  test('they do not run again when the app is restarted', () =>
    assert.equal(plan(yaml, [exited('one', 0), exited('two', 0), exited('main', 1)]), 'start main'));
  test('they run again after the node was off', () => {
    const records = [exited('one', 0), exited('two', 0), exited('main', 137)];
    assert.equal(plan(yaml, records, { sandboxSinceMs: 95_000 }), 'start one');
  });
});

describe('sidecars', () => {
  const yaml =
    'spec: {restartPolicy: Never, initContainers: [{name: side, restartPolicy: Always}, {name: init}], containers: [{name: main}]}';

  test('the next starts when the sidecar has started', () => {
    assert.equal(plan(yaml, []), 'start side');
    const health = () => ({ started: false, ready: false });
    assert.equal(plan(yaml, [running('side')], { health }), 'nothing');
    assert.equal(plan(yaml, [running('side')]), 'start init');
  });
  test('one that ended is restarted, also beside a running app', () =>
    assert.equal(plan(yaml, [exited('side', 0), exited('init', 0), running('main')]), 'start side'));
  test('it is killed when the app has ended', () => {
    const records = [running('side'), exited('init', 0), exited('main', 0)];
    assert.equal(plan(yaml, records), 'kill side');
    assert.equal(plan(yaml, [exited('side', 143), exited('init', 0), exited('main', 0)]), 'finished');
  });
});

describe('the end of a pod', () => {
  test('activeDeadlineSeconds fails it, and kills what runs', () => {
    const yaml = 'spec: {activeDeadlineSeconds: 100}';
    assert.equal(plan(yaml, [running('main')], { nowMs: 99_999 }), 'nothing');
    assert.equal(plan(yaml, [running('main')], { nowMs: 100_000 }), 'kill main, DeadlineExceeded');
    assert.equal(planPod(observed(yaml, [running('main')], { nowMs: 99_000 })).wakeAtMs, 100_000);
  });
  test('one that the node rejects fails without having started', () => {
    const rejection = { reason: 'NodePorts', message: 'taken' };
    assert.equal(plan('{}', [], { rejection }), 'NodePorts, finished');
    assert.equal(plan('status: {phase: Failed}', [], { rejection }), 'finished');
  });
  test('a pod that has failed starts nothing any more', () =>
    assert.equal(plan('status: {phase: Failed}', []), 'finished'));
  test('only the newest two of a container are kept', () => {
    const records = [0, 1, 2, 3].map((attempt) => exited('main', 1, { attempt }));
    assert.equal(plan('spec: {}', records), 'start main, remove main-1 main-0');
  });
});
