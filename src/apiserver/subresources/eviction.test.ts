import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { asStatus, podYaml, type TestApi, testApi, yaml } from '../testing/testApi.ts';

const pods = '/api/v1/namespaces/default/pods';
const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';

let api: TestApi;
beforeEach(() => {
  api = testApi();
});
afterEach(() => api.close());

type State = 'ready' | 'unready' | 'Pending' | 'Failed';

async function pod(name: string, state: State = 'ready'): Promise<void> {
  await api.post(pods, podYaml(name, '  labels: {app: web}').replace('spec:', 'spec:\n  nodeName: node-1'));
  const phase = state === 'Pending' || state === 'Failed' ? state : 'Running';
  const conditions = [{ type: 'Ready', status: state === 'ready' ? 'True' : 'False' }];
  await api.patch(`${pods}/${name}/status`, yaml({ status: { phase, conditions } }));
}

/** As the controller left it. */
async function budget(name: string, status: object, spec: object = {}): Promise<void> {
  const selector = { matchLabels: { app: 'web' } };
  await api.post(budgets, yaml({ metadata: { name }, spec: { minAvailable: 1, selector, ...spec } }));
  const told = { observedGeneration: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2, ...status };
  await api.patch(`${budgets}/${name}/status`, yaml({ status: told }));
}

const evict = (name: string, more: object = {}, apiVersion = 'policy/v1', query = '') =>
  api.post(
    `${pods}/${name}/eviction${query}`,
    yaml({ apiVersion, kind: 'Eviction', metadata: { name, namespace: 'default' }, ...more }),
  );

const isEnding = async (name: string) => {
  const { code, object } = await api.get(`${pods}/${name}`);
  return code === 404 || object['metadata'].deletionTimestamp !== undefined;
};

describe('an eviction', () => {
  for (const apiVersion of ['policy/v1', 'policy/v1beta1'])
    test(`of ${apiVersion} deletes a pod that no budget is about, and says why`, async () => {
      await pod('web');
      const { code, object } = await evict('web', {}, apiVersion);
      assert.deepEqual([code, object['status']], [201, 'Success']);
      const { metadata, status } = (await api.get(`${pods}/web`)).object as never as {
        metadata: { deletionGracePeriodSeconds: number };
        status: { conditions: { type: string; reason?: string }[] };
      };
      assert.equal(metadata.deletionGracePeriodSeconds, 30);
      assert.equal(
        status.conditions.find(({ type }) => type === 'DisruptionTarget')?.reason,
        'EvictionByEvictionAPI',
      );
    });

  test('takes one disruption from the budget, and the pod stands there until it is gone', async () => {
    await pod('web');
    await budget('b', { disruptionsAllowed: 1 });
    assert.equal((await evict('web')).code, 201);
    const { status } = (await api.get(`${budgets}/b`)).object as never as {
      status: { disruptionsAllowed: number; disruptedPods: Record<string, string> };
    };
    assert.equal(status.disruptionsAllowed, 0);
    assert.deepEqual(Object.keys(status.disruptedPods), ['web']);
  });

  test('that the budget does not allow is 429, with the budget as the cause', async () => {
    await pod('web');
    await budget('b', { disruptionsAllowed: 0, currentHealthy: 1 });
    const reply = await evict('web');
    assert.equal(reply.code, 429);
    const { message, reason, details } = asStatus(reply);
    assert.equal(message, "Cannot evict pod as it would violate the pod's disruption budget.");
    assert.equal(reason, 'TooManyRequests');
    assert.deepEqual(details?.causes, [
      {
        reason: 'DisruptionBudget',
        message: 'The disruption budget b needs 1 healthy pods and has 1 currently',
      },
    ]);
    assert.equal(await isEnding('web'), false);
  });

  test('waits for a budget that nobody has reckoned yet', async () => {
    await pod('web');
    await budget('b', { disruptionsAllowed: 1, observedGeneration: 0 });
    const reply = await evict('web');
    assert.deepEqual([reply.code, asStatus(reply).details?.retryAfterSeconds], [429, 10]);
    assert.match(asStatus(reply).details?.causes?.[0]?.message ?? '', /still being processed by the server/);
  });

  test('of many pods at once never takes more than there is', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await pod(name);
    await budget('web', { disruptionsAllowed: 2, currentHealthy: 5 });
    const codes = (await Promise.all(names.map((name) => evict(name)))).map(({ code }) => code);
    assert.deepEqual(codes.toSorted(), [201, 201, 429, 429, 429]);
    assert.equal((await Promise.all(names.map(isEnding))).filter(Boolean).length, 2);
  });

  test('of a pod that two budgets are about fails', async () => {
    await pod('web');
    await budget('a', { disruptionsAllowed: 1 });
    await budget('b', { disruptionsAllowed: 1 });
    const reply = await evict('web');
    assert.equal(reply.code, 500);
    assert.equal(
      asStatus(reply).message,
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  });

  for (const state of ['Pending', 'Failed'] as const)
    test(`of a pod that is ${state} asks nobody`, async () => {
      await pod('web', state);
      await budget('b', { disruptionsAllowed: 0 });
      assert.equal((await evict('web')).code, 201);
      assert.equal(await isEnding('web'), true);
    });

  describe('of a pod that runs and is not ready', () => {
    const table: [string, object, object, number][] = [
      ['goes when enough others are healthy', { currentHealthy: 1, desiredHealthy: 1 }, {}, 201],
      ['stays while there are too few', { currentHealthy: 0, desiredHealthy: 1 }, {}, 429],
      [
        'goes always when the budget says so',
        { currentHealthy: 0, desiredHealthy: 1 },
        { unhealthyPodEvictionPolicy: 'AlwaysAllow' },
        201,
      ],
    ];
    for (const [what, status, spec, expected] of table)
      test(what, async () => {
        await pod('web', 'unready');
        await budget('b', { disruptionsAllowed: 0, ...status }, spec);
        assert.equal((await evict('web')).code, expected);
      });
  });

  for (const [what, more, query] of [
    ['in the body', { deleteOptions: { dryRun: ['All'] } }, ''],
    ['in the query', {}, '?dryRun=All'],
  ] as const)
    test(`that is tried only, as it stands ${what}, changes nothing`, async () => {
      await pod('web');
      await budget('b', { disruptionsAllowed: 1 });
      assert.equal((await evict('web', more, 'policy/v1', query)).code, 201);
      assert.equal(await isEnding('web'), false);
      assert.equal((await api.get(`${budgets}/b`)).object['status'].disruptionsAllowed, 1);
    });

  test('deletes as its options say, and only the pod that they mean', async () => {
    await pod('web');
    const wrong = await evict('web', { deleteOptions: { preconditions: { uid: 'another' } } });
    assert.equal(wrong.code, 409);
    assert.equal((await evict('web', { deleteOptions: { gracePeriodSeconds: 0 } })).code, 201);
    assert.equal((await api.get(`${pods}/web`)).code, 404);
  });

  test('of a pod that is not there is 404, and of another than the path names 400', async () => {
    assert.equal((await evict('none')).code, 404);
    await pod('web');
    assert.equal((await evict('web', { metadata: { name: 'other' } })).code, 400);
  });
});
