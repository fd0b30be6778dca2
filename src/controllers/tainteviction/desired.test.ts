import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aPod } from '../testing/objects.ts';
import { staysMs } from './desired.ts';

const unreachable = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' };
const gpu = { key: 'dedicated', value: 'gpu', effect: 'NoExecute' };
const tolerating = (...tolerations: object[]) => aPod({ spec: { tolerations: tolerations as never } });
const exists = (seconds?: number) => ({
  key: unreachable.key,
  operator: 'Exists',
  effect: 'NoExecute',
  ...(seconds !== undefined && { tolerationSeconds: seconds }),
});

const table: [string, ReturnType<typeof aPod>, (typeof gpu | typeof unreachable)[], number | undefined][] = [
  ['that tolerates nothing goes at once', aPod(), [unreachable], 0],
  ['may stay as long as it tolerates the taint', tolerating(exists(300)), [unreachable], 300_000],
  ['that tolerates it without a limit stays', tolerating(exists()), [unreachable], undefined],
  ['that tolerates only one of two goes', tolerating(exists(300)), [unreachable, gpu], 0],
  [
    'leaves when the shortest time is over',
    tolerating(exists(300), { operator: 'Exists', tolerationSeconds: 5 }),
    [unreachable, gpu],
    5000,
  ],
  [
    'is matched by value',
    tolerating({ key: 'dedicated', operator: 'Equal', value: 'gpu' }),
    [gpu],
    undefined,
  ],
  ['is not concerned by taints for scheduling', aPod(), [{ ...gpu, effect: 'NoSchedule' }], undefined],
];
for (const [what, pod, taints, expected] of table)
  test(`a pod ${what}`, () => assert.equal(staysMs(pod, taints), expected));
