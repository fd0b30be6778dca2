/** Priorities, limit ranges, quotas and default classes, as a client of the API meets them. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { systemPriorityClasses } from '../../api/scheduling/priorityclass/system.ts';
import { FakeClock } from '../../lib/clock.ts';
import { openMemory } from '../../store/index.ts';
import { asStatus, podYaml, type Reply, type TestApi, testApi, yaml } from '../testing/testApi.ts';
import { defaultIngressClass } from './defaultIngressClass.ts';
import { limitRanger } from './limitRanger.ts';
import { priority } from './priority.ts';
import { resourceQuota } from './resourceQuota/index.ts';
import { storedObjects } from './stored.ts';

const inDefault = '/api/v1/namespaces/default';
const pods = `${inDefault}/pods`;
const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';

let api: TestApi;
beforeEach(() => {
  const store = openMemory({ clock: new FakeClock() });
  const stored = storedObjects(store);
  api = testApi({
    store,
    admission: [limitRanger(stored), priority(stored), defaultIngressClass(stored), resourceQuota(stored)],
  });
});
afterEach(() => api.close());

const pod = (name: string, spec: object = {}, container: object = {}) =>
  api.post(
    pods,
    yaml({
      metadata: { name },
      spec: { containers: [{ name: 'c', image: 'nginx', ...container }], ...spec },
    }),
  );
const withLimits = (name: string, limits: object, requests: object = {}) =>
  pod(name, {}, { resources: { limits, requests } });
const messageOf = (reply: Reply) => asStatus(reply).message ?? '';
const made = (reply: Reply) => assert.equal(reply.code, 201, messageOf(reply));

describe('a priority class', () => {
  const priorityClass = (name: string, value: number, more: object = {}) =>
    api.post(classes, yaml({ metadata: { name }, value, ...more }));

  test('gives its pods their priority, and whether they push others away', async () => {
    made(await priorityClass('high', 1000, { preemptionPolicy: 'Never' }));
    const { spec } = (await pod('web', { priorityClassName: 'high' })).object as never as {
      spec: { priority: number; preemptionPolicy: string };
    };
    assert.deepEqual([spec.priority, spec.preemptionPolicy], [1000, 'Never']);
  });

  test('that is the default is that of pods that name none; without one they have 0', async () => {
    assert.equal((await pod('before')).object['spec'].priority, 0);
    made(await priorityClass('usual', 7, { globalDefault: true }));
    const { priority, priorityClassName } = (await pod('web')).object['spec'];
    assert.deepEqual([priority, priorityClassName], [7, 'usual']);
    const second = await priorityClass('other', 8, { globalDefault: true });
    assert.equal(second.code, 403);
    assert.match(messageOf(second), /PriorityClass usual is already marked as default/);
  });

  test('must be there, and the number is not for pods to choose', async () => {
    const missing = await pod('web', { priorityClassName: 'none' });
    assert.equal(messageOf(missing), 'pods "web" is forbidden: no PriorityClass with name none was found');
    assert.match(
      messageOf(await pod('web', { priority: 5 })),
      /integer value of priority \(5\) must not be provided/,
    );
    assert.match(
      messageOf(await pod('web', { preemptionPolicy: 'Never' })),
      /string value of PreemptionPolicy \(Never\) must not be provided/,
    );
  });

  test('of the system is known before it is stored', async () => {
    const { object } = await pod('web', { priorityClassName: 'system-node-critical' });
    assert.equal(object['spec'].priority, 2_000_001_000);
  });

  test('of the system can be stored as it is, and no other of such a name', async () => {
    for (const known of systemPriorityClasses) made(await api.post(classes, yaml(known)));
    const other = await priorityClass('system-mine', 5);
    assert.equal(other.code, 422);
    assert.match(messageOf(other), /names with 'system-' prefix are reserved for system use only/);
    const high = await priorityClass('huge', 1_000_000_001);
    assert.match(messageOf(high), /maximum allowed value of a user defined priority is 1000000000/);
  });

  test('keeps its value', async () => {
    made(await priorityClass('high', 1000));
    const reply = await api.patch(`${classes}/high`, yaml({ value: 5 }));
    assert.equal(reply.code, 422);
    assert.match(messageOf(reply), /value: Forbidden: may not be changed in an update\./);
  });
});

describe('a limit range', () => {
  const range = (...limits: object[]) =>
    api.post(`${inDefault}/limitranges`, yaml({ metadata: { name: 'r' }, spec: { limits } }));

  test('fills in what containers leave out, and writes down what', async () => {
    made(
      await range({
        type: 'Container',
        default: { cpu: '500m', memory: '1Gi' },
        defaultRequest: { cpu: '100m' },
      }),
    );
    const { object } = await withLimits('web', { memory: '2Gi' });
    assert.deepEqual(object['spec'].containers[0].resources, {
      limits: { cpu: '500m', memory: '2Gi' },
      requests: { cpu: '100m', memory: '2Gi' },
    });
    assert.equal(
      object['metadata'].annotations['kubernetes.io/limit-ranger'],
      'LimitRanger plugin set: cpu request for container c; cpu limit for container c',
    );
  });

  test('has defaults of its own, from the most and the least', async () => {
    const { object } = await range({
      type: 'Container',
      max: { cpu: '2' },
      min: { cpu: '1', memory: '1Gi' },
    });
    const [item] = object['spec'].limits;
    assert.deepEqual([item.default, item.defaultRequest], [{ cpu: '2' }, { cpu: '2', memory: '1Gi' }]);
  });

  const table: [string, object, object, object, string][] = [
    [
      'too much',
      { max: { cpu: '1' } },
      { cpu: '2' },
      {},
      'maximum cpu usage per Container is 1, but limit is 2',
    ],
    [
      'too little',
      { min: { memory: '1Gi' } },
      { memory: '512Mi' },
      {},
      'minimum memory usage per Container is 1Gi, but request is 512Mi',
    ],
    [
      'a limit too far from the request',
      { maxLimitRequestRatio: { cpu: '2' } },
      { cpu: '3' },
      { cpu: '1' },
      'cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000',
    ],
  ];
  for (const [what, item, limits, requests, message] of table)
    test(`refuses ${what}`, async () => {
      made(await range({ type: 'Container', ...item }));
      const reply = await withLimits('web', limits, requests);
      assert.deepEqual([reply.code, messageOf(reply)], [403, `pods "web" is forbidden: ${message}`]);
    });

  test('for pods counts all their containers', async () => {
    made(await range({ type: 'Pod', max: { cpu: '1' } }));
    const part = (name: string) => ({ name, image: 'nginx', resources: { limits: { cpu: '600m' } } });
    const reply = await pod('web', { containers: [part('a'), part('b')] });
    assert.match(messageOf(reply), /maximum cpu usage per Pod is 1, but limit is 1200m/);
  });

  test('for claims says how large they may be', async () => {
    made(await range({ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }));
    const reply = await api.post(
      `${inDefault}/persistentvolumeclaims`,
      yaml({
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } },
      }),
    );
    assert.match(
      messageOf(reply),
      /maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 2Gi/,
    );
  });

  test('must not contradict itself', async () => {
    const reply = await range({ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } });
    assert.equal(reply.code, 422);
    assert.match(messageOf(reply), /min\[cpu\]: Invalid value: "2": min value 2 is greater than max value 1/);
    assert.match(
      messageOf(await range({ type: 'Pod', default: { cpu: '1' } })),
      /default: Forbidden: may not be specified when `type` is 'Pod'/,
    );
  });
});

describe('a quota', () => {
  const quota = (hard: object, more: object = {}, name = 'q') =>
    api.post(`${inDefault}/resourcequotas`, yaml({ metadata: { name }, spec: { hard, ...more } }));

  test('says what was asked for, what is used, and how much there is', async () => {
    made(await quota({ pods: '2', 'requests.memory': '3Gi' }));
    for (const name of ['a', 'b']) made(await withLimits(name, { memory: '1Gi' }));
    const reply = await withLimits('c', { memory: '2Gi' });
    assert.equal(reply.code, 403);
    assert.equal(
      messageOf(reply),
      'pods "c" is forbidden: exceeded quota: q, requested: pods=1,requests.memory=2Gi, used: pods=2,requests.memory=2Gi, limited: pods=2,requests.memory=3Gi',
    );
  });

  test('is not used up by what was refused, invalid, or only tried', async () => {
    made(await quota({ pods: '1' }));
    assert.equal((await pod('Wrong')).code, 422);
    assert.equal((await api.post(`${pods}?dryRun=All`, podYaml('tried'))).code, 201);
    made(await pod('web'));
    assert.equal((await pod('web')).code, 403);
    await api.delete(`${pods}/web`, yaml({ gracePeriodSeconds: 0 }));
    made(await pod('again'));
  });

  test('of limits wants every container to have them', async () => {
    made(await quota({ 'limits.cpu': '1', 'requests.memory': '1Gi' }));
    assert.equal(
      messageOf(await pod('web')),
      'pods "web" is forbidden: failed quota: q: must specify limits.cpu for: c; requests.memory for: c',
    );
  });

  test('does not count a pod that has ended', async () => {
    made(await quota({ pods: '1', 'count/pods': '2' }));
    made(await pod('done'));
    await api.patch(`${pods}/done/status`, yaml({ status: { phase: 'Succeeded' } }));
    made(await pod('next'));
    assert.match(
      messageOf(await pod('third')),
      /requested: count\/pods=1,pods=1, used: count\/pods=2,pods=1/,
    );
  });

  test('counts objects of any kind', async () => {
    made(await quota({ secrets: '1', 'count/leases.coordination.k8s.io': '1' }));
    const lease = (name: string) =>
      api.post(
        '/apis/coordination.k8s.io/v1/namespaces/default/leases',
        yaml({ metadata: { name }, spec: {} }),
      );
    made(await lease('a'));
    assert.match(
      messageOf(await lease('b')),
      /leases.coordination.k8s.io "b" is forbidden: exceeded quota: q/,
    );
    const secret = (name: string) => api.post(`${inDefault}/secrets`, yaml({ metadata: { name } }));
    made(await secret('a'));
    assert.equal((await secret('b')).code, 403);
  });

  test('counts node ports and load balancers of Services, also when one becomes such', async () => {
    made(await quota({ 'services.nodeports': '1', 'services.loadbalancers': '0' }));
    const service = (name: string, type: string) =>
      api.post(`${inDefault}/services`, yaml({ metadata: { name }, spec: { type, ports: [{ port: 80 }] } }));
    made(await service('a', 'NodePort'));
    made(await service('b', 'ClusterIP'));
    const grown = await api.patch(`${inDefault}/services/b`, yaml({ spec: { type: 'NodePort' } }));
    assert.match(messageOf(grown), /requested: services.nodeports=1, used: services.nodeports=1/);
    assert.match(messageOf(await service('c', 'LoadBalancer')), /services.loadbalancers=1/);
    const same = await api.patch(`${inDefault}/services/a`, yaml({ metadata: { labels: { a: 'b' } } }));
    assert.equal(same.code, 200);
  });

  const scoped: [string, object, object, object, boolean][] = [
    ['BestEffort', { scopes: ['BestEffort'] }, {}, {}, true],
    ['BestEffort', { scopes: ['BestEffort'] }, {}, { resources: { requests: { cpu: '1' } } }, false],
    ['NotBestEffort', { scopes: ['NotBestEffort'] }, {}, { resources: { requests: { cpu: '1' } } }, true],
    ['Terminating', { scopes: ['Terminating'] }, { activeDeadlineSeconds: 5 }, {}, true],
    ['NotTerminating', { scopes: ['NotTerminating'] }, { activeDeadlineSeconds: 5 }, {}, false],
    [
      'a PriorityClass',
      {
        scopeSelector: {
          matchExpressions: [
            { scopeName: 'PriorityClass', operator: 'In', values: ['system-node-critical'] },
          ],
        },
      },
      { priorityClassName: 'system-node-critical' },
      {},
      true,
    ],
  ];
  for (const [i, [what, more, spec, container, counts]] of scoped.entries())
    test(`of ${what} ${counts ? 'counts' : 'does not count'} such pods (${i})`, async () => {
      made(await quota({ pods: '0' }, more));
      assert.equal((await pod('web', spec, container)).code, counts ? 403 : 201);
    });

  test('must be about something, and its scopes stay', async () => {
    assert.match(
      messageOf(await quota({ bananas: '1' })),
      /hard\[bananas\]: Invalid value: "bananas": must be a standard resource for quotas/,
    );
    assert.match(messageOf(await quota({ pods: '-1' })), /must be greater than or equal to 0/);
    assert.match(
      messageOf(await quota({ pods: '1' }, { scopes: ['BestEffort', 'NotBestEffort'] })),
      /conflicting scopes/,
    );
    made(await quota({ pods: '1' }, { scopes: ['BestEffort'] }));
    const reply = await api.patch(
      `${inDefault}/resourcequotas/q`,
      yaml({ spec: { scopes: ['Terminating'] } }),
    );
    assert.match(messageOf(reply), /spec.scopes: Invalid value: .*: field is immutable/);
  });
});

describe('an Ingress without a class', () => {
  const ingressClasses = '/apis/networking.k8s.io/v1/ingressclasses';
  const ingresses = '/apis/networking.k8s.io/v1/namespaces/default/ingresses';
  const backend = { service: { name: 'web', port: { number: 80 } } };
  const ingressClass = (name: string, isDefault: boolean) =>
    api.post(
      ingressClasses,
      yaml({
        metadata: {
          name,
          ...(isDefault && { annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } }),
        },
        spec: { controller: 'example.com/ingress' },
      }),
    );
  const ingress = async (metadata: object, spec: object = {}) => {
    const reply = await api.post(ingresses, yaml({ metadata, spec: { defaultBackend: backend, ...spec } }));
    made(reply);
    return reply.object['spec'].ingressClassName;
  };

  test('gets the default one, unless it says which it wants', async () => {
    await ingressClass('other', false);
    assert.equal(await ingress({ name: 'a' }), undefined);
    await ingressClass('usual', true);
    assert.equal(await ingress({ name: 'b' }), 'usual');
    assert.equal(await ingress({ name: 'c' }, { ingressClassName: 'other' }), 'other');
    const old = { 'kubernetes.io/ingress.class': 'other' };
    assert.equal(await ingress({ name: 'd', annotations: old }), undefined);
  });
});
