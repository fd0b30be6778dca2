import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { aPod, now } from '../testing/objects.ts';
import { decide, type Memory } from './desired.ts';
import { CannotMeasure, measure } from './measure.ts';

const cpu = (percent: number) => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } },
});

/** Pods that request 100m each and use so many millicores; `undefined`: nothing is known of it. */
function world(...usages: (number | undefined)[]) {
  const resources = { requests: { cpu: '100m' } };
  const pods = usages.map((_, i) =>
    aPod({ name: `p${i}`, spec: { containers: [{ name: 'c', image: 'x', resources }] } }),
  );
  const known = usages.flatMap((usage, i) =>
    usage === undefined
      ? []
      : [
          {
            metadata: { name: `p${i}` },
            containers: [{ name: 'c', usage: { cpu: `${usage}m`, memory: '0' } }],
          },
        ],
  );
  return { pods, usages: new Map(known.map((m) => [m.metadata.name, m])) };
}

const asked = (percent: number, ...used: (number | undefined)[]) => {
  const { pods, usages } = world(...used);
  return measure(cpu(percent), pods, usages, used.length).replicas;
};

describe('a metric', () => {
  test('asks for as many pods as bring the average to the target', () => {
    assert.equal(asked(50, 100, 100), 4);
    assert.equal(asked(50, 10, 10, 10, 10), 1);
  });

  test('asks for no change near the target', () => assert.equal(asked(50, 52, 54), 2));

  test('takes pods of which nothing is known for such that change least', () => {
    assert.equal(asked(50, 100, undefined), 2);
    assert.equal(asked(50, 10, undefined), 2);
  });

  test('tells what was measured', () => {
    const { pods, usages } = world(30, 50);
    const current = measure(cpu(50), pods, usages, 2).current.resource?.current;
    assert.deepEqual(current, { averageUtilization: 40, averageValue: '40m' });
  });

  test('says nothing without requests or without metrics', () => {
    const { pods } = world(1);
    assert.throws(() => measure(cpu(50), pods, new Map(), 1), CannotMeasure);
    const bare = [aPod({ name: 'p0' })];
    assert.throws(() => measure(cpu(50), bare, world(1).usages, 1), CannotMeasure);
  });
});

describe('an autoscaler', () => {
  const spec = (more = {}) => ({
    maxReplicas: 10,
    minReplicas: 1,
    scaleTargetRef: { kind: '', name: '' },
    ...more,
  });
  const fresh = (): Memory => ({ asked: [], changes: [] });

  test('stays between its bounds, and says so', () => {
    assert.equal(decide(spec(), fresh(), 9, 20, now).limited?.reason, 'TooManyReplicas');
    assert.equal(decide(spec({ minReplicas: 2 }), fresh(), 2, 1, now).replicas, 2);
  });

  test('grows by four pods or to the double in 15 s', () => {
    assert.equal(decide(spec(), fresh(), 1, 10, now).replicas, 5);
    const memory = { asked: [], changes: [{ at: now - 5000, by: 4 }] };
    assert.equal(decide(spec(), memory, 5, 10, now).replicas, 5);
  });

  test('shrinks only when it was asked to for five minutes', () => {
    const memory = fresh();
    assert.equal(decide(spec(), memory, 4, 4, now).replicas, 4);
    assert.equal(decide(spec(), memory, 4, 1, now + 60_000).replicas, 4);
    assert.equal(decide(spec(), memory, 4, 1, now + 301_000).replicas, 1);
  });

  test('does as its behavior says', () => {
    const slow = { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }], stabilizationWindowSeconds: 0 };
    assert.equal(decide(spec({ behavior: { scaleDown: slow } }), fresh(), 4, 1, now).replicas, 3);
    const never = { behavior: { scaleUp: { selectPolicy: 'Disabled' } } };
    assert.equal(decide(spec(never), fresh(), 4, 9, now).replicas, 4);
  });
});
