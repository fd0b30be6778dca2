import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type CustomApi, crdPath, cronTab, cronTabs, customApi, tabsPath } from './testing/api.ts';

describe('objects of a definition', () => {
  let api: CustomApi;
  before(async () => {
    api = await customApi();
    await api.define(cronTabs);
  });
  after(() => api.close());

  test('are created with their defaults, and read again', async () => {
    const made = await api.post(tabsPath, cronTab('a', '{cronSpec: "* * * * */5"}'));
    assert.equal(made.code, 201, made.object['message'] as string);
    assert.deepEqual(made.object['spec'], { cronSpec: '* * * * */5', image: 'busybox', replicas: 1 });
    assert.equal(made.object['metadata'].generation, 1);
    const read = await api.get(`${tabsPath}/a`);
    assert.deepEqual(read.object['spec'], made.object['spec']);
  });

  test('are refused in the words of Kubernetes', async () => {
    const { code, object } = await api.post(tabsPath, cronTab('bad', '{cronSpec: "* * * *", replicas: 15}'));
    assert.equal(code, 422);
    assert.equal(
      object['message'],
      `CronTab.stable.example.com "bad" is invalid: [spec.cronSpec: Invalid value: "* * * *": spec.cronSpec in body should match '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$', spec.replicas: Invalid value: 15: spec.replicas in body should be less than or equal to 10]`,
    );
  });

  test('have finalizers of any name, as operators give them', async () => {
    const held = cronTab('held', '{cronSpec: "* * * * */5"}').replace(
      'name: held',
      'name: held, finalizers: [cron.example.com]',
    );
    const { code, object } = await api.post(tabsPath, held);
    assert.equal(code, 201, String(object['message']));
    assert.deepEqual(object['metadata'].finalizers, ['cron.example.com']);
    const bad = await api.patch(`${tabsPath}/held`, '{"metadata":{"finalizers":["a b"]}}');
    assert.match(
      bad.object['message'],
      /metadata\.finalizers: Invalid value: "a b": name part must consist of/,
    );
    await api.patch(`${tabsPath}/held`, '{"metadata":{"finalizers":null}}');
    await api.delete(`${tabsPath}/held`);
  });

  test('lose what the schema does not know, with a warning', async () => {
    const { object, warnings } = await api.post(
      tabsPath,
      cronTab('pruned', '{foo: 1, anything: {is: kept}}'),
    );
    assert.equal(object['spec'].foo, undefined);
    assert.deepEqual(object['spec'].anything, { is: 'kept' });
    assert.deepEqual(warnings, ['unknown field "spec.foo"']);
    const strict = await api.post(`${tabsPath}?fieldValidation=Strict`, cronTab('strict', '{foo: 1}'));
    assert.equal(strict.code, 400);
    assert.match(strict.object['message'] as string, /strict decoding error: unknown field "spec.foo"$/);
    const ignored = await api.post(`${tabsPath}?fieldValidation=Ignore`, cronTab('ignored', '{foo: 1}'));
    assert.deepEqual([ignored.code, ignored.warnings], [201, []]);
  });

  test('are told as a table', async () => {
    await api.post(tabsPath, cronTab('table', '{cronSpec: "1 * * * *"}'));
    const accept = 'application/json;as=Table;g=meta.k8s.io;v=v1';
    const { object } = await api.get(`${tabsPath}/table`, { accept });
    assert.deepEqual(
      (object['columnDefinitions'] as { name: string; priority: number }[]).map((c) => [c.name, c.priority]),
      [
        ['Name', 0],
        ['Spec', 0],
        ['Replicas', 1],
        ['Age', 0],
      ],
    );
    assert.deepEqual(object['rows'][0].cells.slice(0, 3), ['table', '1 * * * *', 1]);
  });

  test('have a status of their own, and count changes of all else', async () => {
    await api.post(tabsPath, cronTab('status', '{replicas: 2}'));
    const said = await api.patch(
      `${tabsPath}/status/status`,
      '{"status":{"replicas":2},"spec":{"replicas":9}}',
    );
    assert.deepEqual([said.object['status'], said.object['spec'].replicas], [{ replicas: 2 }, 2]);
    assert.equal(said.object['metadata'].generation, 1);
    const changed = await api.patch(`${tabsPath}/status`, '{"spec":{"replicas":3},"status":{"replicas":7}}');
    assert.deepEqual([changed.object['status'], changed.object['metadata'].generation], [{ replicas: 2 }, 2]);
  });

  test('are scaled', async () => {
    await api.post(tabsPath, cronTab('scale', '{replicas: 2}'));
    await api.patch(`${tabsPath}/scale/status`, '{"status":{"replicas":1,"labelSelector":"app=x"}}');
    const scale = await api.get(`${tabsPath}/scale/scale`);
    assert.deepEqual(scale.object['spec'], { replicas: 2 });
    assert.deepEqual(scale.object['status'], { replicas: 1, selector: 'app=x' });
    await api.patch(`${tabsPath}/scale/scale`, '{"spec":{"replicas":4}}');
    assert.equal((await api.get(`${tabsPath}/scale`)).object['spec'].replicas, 4);
  });

  test('are selected by the fields that the definition names', async () => {
    await api.post(tabsPath, cronTab('selected', '{image: special}'));
    const { object } = await api.get(`${tabsPath}?fieldSelector=spec.image%3Dspecial`);
    assert.deepEqual(
      (object['items'] as { metadata: { name: string } }[]).map((i) => i.metadata.name),
      ['selected'],
    );
    assert.equal((await api.get(`${tabsPath}?fieldSelector=spec.replicas%3D1`)).code, 400);
  });

  test('take no strategic merge patch', async () => {
    const { code, object } = await api.patch(`${tabsPath}/a`, '{}', 'strategic-merge');
    assert.equal(code, 415);
    assert.match(
      object['message'] as string,
      /accepted media types include: application\/json-patch\+json, application\/merge-patch\+json/,
    );
  });

  test('are neither read nor told in protobuf', async () => {
    const sent = await api.ask({
      method: 'POST',
      url: tabsPath,
      headers: { 'content-type': 'application/vnd.kubernetes.protobuf' },
      body: Buffer.from('k8s\0'),
    });
    assert.equal(sent.code, 415);
  });

  test('have sets and maps without duplicates', async () => {
    const spec = '{tags: [a, b, a], steps: [{name: x}, {name: x}]}';
    const { object } = await api.post(tabsPath, cronTab('twice', spec));
    assert.match(object['message'] as string, /spec\.tags\[2\]: Duplicate value: "a"/);
    assert.match(object['message'] as string, /spec\.steps\[1\]: Duplicate value: {"name":"x"}/);
  });

  test('are watched', async () => {
    const watch = await api.watch(`${tabsPath}?watch=true`);
    await api.post(tabsPath, cronTab('watched', '{}'));
    let seen = '';
    while (seen !== 'ADDED watched') seen = (await watch.next(1))[0] ?? '';
    watch.stop();
  });
});

describe('a definition', () => {
  test('is in discovery with its names and subresources', async () => {
    const api = await customApi();
    await api.define(cronTabs);
    const { object } = await api.get('/apis/stable.example.com/v1');
    assert.deepEqual(
      (object['resources'] as { name: string; shortNames?: string[]; categories?: string[] }[]).map(
        (r) => r.name,
      ),
      ['crontabs', 'crontabs/scale', 'crontabs/status'],
    );
    assert.deepEqual(
      [object['resources'][0].shortNames, object['resources'][0].categories],
      [['ct'], ['all']],
    );
    await api.close();
  });

  test('takes its objects along when it goes', async () => {
    const api = await customApi();
    await api.define(cronTabs);
    await api.post(tabsPath, cronTab('a', '{}'));
    const gone = await api.delete(`${crdPath}/crontabs.stable.example.com`);
    assert.equal(gone.code, 200);
    await api.until('crontabs.stable.example.com', (crd) => crd === undefined);
    assert.equal((await api.get(tabsPath)).code, 404);
    await api.define(cronTabs);
    assert.deepEqual((await api.get(tabsPath)).object['items'], []);
    await api.close();
  });

  test('waits for objects that somebody holds, and takes no new ones meanwhile', async () => {
    const api = await customApi();
    await api.define(cronTabs);
    await api.post(tabsPath, cronTab('held, finalizers: [example.com/hold]', '{}'));
    await api.delete(`${crdPath}/crontabs.stable.example.com`);
    await api.until(
      'crontabs.stable.example.com',
      (crd) => crd?.status?.conditions?.some(({ type }) => type === 'Terminating') ?? false,
    );
    assert.equal((await api.post(tabsPath, cronTab('late', '{}'))).code, 405);
    await api.patch(`${tabsPath}/held`, '{"metadata":{"finalizers":null}}');
    await api.until('crontabs.stable.example.com', (crd) => crd === undefined);
    await api.close();
  });

  test('is served again by a server that starts over the same store', async () => {
    const first = await customApi();
    await first.define(cronTabs);
    await first.post(tabsPath, cronTab('a', '{}'));
    const second = await customApi({ store: first.store });
    assert.equal((await second.get(`${tabsPath}/a`)).code, 200);
    await first.close();
  });

  test('does not get names that another has', async () => {
    const api = await customApi();
    await api.define(cronTabs);
    const other = cronTabs
      .replaceAll('crontabs', 'tabs')
      .replace('kind: CronTab,', 'kind: Tab,')
      .replace('singular: crontab', 'singular: tab');
    await api.post(crdPath, other);
    await api.until('tabs.stable.example.com', (crd) => {
      const said = crd?.status?.conditions?.find(({ type }) => type === 'NamesAccepted');
      return (
        said?.status === 'False' &&
        said.reason === 'ShortNamesConflict' &&
        said.message === '"ct" is already in use'
      );
    });
    assert.equal((await api.get('/apis/stable.example.com/v1/tabs')).code, 404);
    await api.delete(`${crdPath}/crontabs.stable.example.com`);
    await api.until(
      'tabs.stable.example.com',
      (crd) =>
        crd?.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') ??
        false,
    );
    await api.close();
  });
});
