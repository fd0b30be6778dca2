import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { FakeClock } from '../../lib/clock.ts';
import { openMemory } from '../../store/index.ts';
import { asStatus, type TestApi, testApi, yaml } from '../testing/testApi.ts';
import { runtimeClass } from './runtimeClass.ts';
import { storedObjects } from './stored.ts';

const pods = '/api/v1/namespaces/default/pods';

let api: TestApi;
beforeEach(() => {
  const store = openMemory({ clock: new FakeClock() });
  api = testApi({ store, admission: [runtimeClass(storedObjects(store))] });
});
afterEach(() => api.close());

const pod = (spec: object, query = '') =>
  api.post(
    `${pods}${query}`,
    yaml({ metadata: { name: 'web' }, spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec } }),
  );
const small = { cpu: '10m', memory: '1Mi' };
const named = { runtimeClassName: 'small' };
const define = (more: object) =>
  api.post(
    '/apis/node.k8s.io/v1/runtimeclasses',
    yaml({ metadata: { name: 'small' }, handler: 'crun', ...more }),
  );

describe('a pod that names a RuntimeClass', () => {
  test('which is not there is refused, in a dry run too', async () => {
    for (const query of ['', '?dryRun=All']) {
      const refused = await pod(named, query);
      assert.deepEqual(
        [refused.code, asStatus(refused).message],
        [403, 'pods "web" is forbidden: pod rejected: RuntimeClass "small" not found'],
      );
    }
  });

  test('gets its overhead, and goes where it says', async () => {
    const toleration = { key: 'small', operator: 'Exists', effect: 'NoSchedule' };
    await define({
      overhead: { podFixed: small },
      scheduling: { nodeSelector: { size: 'small' }, tolerations: [toleration] },
    });
    const { spec } = (await pod({ ...named, nodeSelector: { disk: 'fast' }, tolerations: [toleration] }))
      .object;
    assert.deepEqual(spec.overhead, small);
    assert.deepEqual(spec.nodeSelector, { disk: 'fast', size: 'small' });
    assert.deepEqual(spec.tolerations, [toleration]);
  });

  test('has no overhead if the class has none', async () => {
    await define({});
    assert.equal((await pod(named)).object['spec'].overhead, undefined);
  });

  test('says the same overhead or none', async () => {
    await define({ overhead: { podFixed: small } });
    assert.match(
      asStatus(await pod({ ...named, overhead: { cpu: '1' } })).message ?? '',
      /pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead$/,
    );
    assert.equal((await pod({ ...named, overhead: { cpu: '0.01', memory: '1024Ki' } })).code, 201);
  });

  test('does not want to go somewhere else', async () => {
    await define({ scheduling: { nodeSelector: { size: 'small' } } });
    assert.match(
      asStatus(await pod({ ...named, nodeSelector: { size: 'big' } })).message ?? '',
      /conflict: runtimeClass\.scheduling\.nodeSelector\[size\] = small; pod\.spec\.nodeSelector\[size\] = big$/,
    );
  });
});

test('a pod without a RuntimeClass has no overhead', async () => {
  assert.match(
    asStatus(await pod({ overhead: small })).message ?? '',
    /pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead$/,
  );
});
