import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { namespaces } from '../../../api/resource.ts';
import type { Namespace, PodSpec } from '../../../api/types.ts';
import { FakeClock } from '../../../lib/clock.ts';
import { openMemory } from '../../../store/index.ts';
import { keyOf } from '../../object/keys.ts';
import { asStatus, type TestApi, testApi, yaml } from '../../testing/testApi.ts';
import { storedObjects } from '../stored.ts';
import type { Level } from './contract.ts';
import { violations } from './evaluate.ts';
import { podSecurity } from './index.ts';

const latest = 36;
type Part = Partial<PodSpec['containers'][number]>;

const judge = (level: Level, spec: Partial<PodSpec>, container: Part = {}, minor = latest) =>
  violations(
    { level, minor, version: 'latest' },
    { ...spec, containers: [{ name: 'c', ...container }, ...(spec.containers ?? [])] },
  ).details;

/** What every container and pod must say at the level `restricted`. */
const careful: Part = {
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  },
};
const carefully = (more: NonNullable<Part['securityContext']>): Part => ({
  securityContext: { ...careful.securityContext, ...more },
});

describe('the level baseline forbids', () => {
  const table: [string, Partial<PodSpec>, Part, string][] = [
    [
      'namespaces of the host',
      { hostPID: true, hostNetwork: true },
      {},
      'host namespaces (hostNetwork=true, hostPID=true)',
    ],
    [
      'privileged containers',
      {},
      { securityContext: { privileged: true } },
      'privileged (container "c" must not set securityContext.privileged=true)',
    ],
    [
      'more capabilities than usual',
      {},
      { securityContext: { capabilities: { add: ['NET_ADMIN', 'CHOWN'] } } },
      'non-default capabilities (container "c" must not include "NET_ADMIN" in securityContext.capabilities.add)',
    ],
    [
      'directories of the host',
      {
        volumes: [
          { name: 'a', hostPath: { path: '/' } },
          { name: 'b', hostPath: { path: '/' } },
        ],
      },
      {},
      'hostPath volumes (volumes "a", "b")',
    ],
    [
      'ports of the host',
      {},
      { ports: [{ containerPort: 80, hostPort: 80 }] },
      'hostPort (container "c" uses hostPort 80)',
    ],
    [
      'probes of other hosts',
      {},
      { livenessProbe: { tcpSocket: { host: '10.0.0.1', port: 80 as never } } },
      'probe or lifecycle host (container "c" uses probe or lifecycle host "10.0.0.1")',
    ],
    [
      'a bare /proc',
      {},
      { securityContext: { procMount: 'Unmasked' } },
      'procMount (container "c" must not set securityContext.procMount to "Unmasked")',
    ],
    [
      'no seccomp',
      { securityContext: { seccompProfile: { type: 'Unconfined' } } },
      {},
      'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
    ],
    [
      'no AppArmor',
      {},
      { securityContext: { appArmorProfile: { type: 'Unconfined' } } },
      'forbidden AppArmor profile (container "c" must not set AppArmor profile type to "Unconfined")',
    ],
    [
      'other SELinux types and users',
      { securityContext: { seLinuxOptions: { type: 'spc_t', user: 'root' } } },
      {},
      'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set)',
    ],
    [
      'sysctls of the whole node',
      { securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } },
      {},
      'forbidden sysctls (kernel.msgmax)',
    ],
    [
      'processes of a Windows host',
      { securityContext: { windowsOptions: { hostProcess: true } } },
      {},
      'hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)',
    ],
  ];
  for (const [what, spec, container, expected] of table)
    test(what, () => {
      assert.deepEqual(judge('baseline', spec, container), [expected]);
      assert.deepEqual(judge('privileged', spec, container), []);
    });

  test('nothing of a usual pod', () => {
    const spec = {
      volumes: [{ name: 'a', emptyDir: {} }],
      securityContext: { sysctls: [{ name: 'net.ipv4.tcp_rmem', value: '1' }] },
    };
    assert.deepEqual(judge('baseline', spec, { ports: [{ containerPort: 80 }] }), []);
  });

  test('what it forbade in an older version', () => {
    const spec = { securityContext: { sysctls: [{ name: 'net.ipv4.tcp_rmem', value: '1' }] } };
    assert.deepEqual(judge('baseline', spec, {}, 31), ['forbidden sysctls (net.ipv4.tcp_rmem)']);
    const probing: Part = { livenessProbe: { tcpSocket: { host: 'x', port: 80 as never } } };
    assert.deepEqual(judge('baseline', {}, probing, 33), []);
  });

  test('the same of init containers, which it names first', () => {
    const privileged = { securityContext: { privileged: true } };
    const spec = { initContainers: [{ name: 'init', ...privileged }] };
    assert.deepEqual(judge('baseline', spec, privileged), [
      'privileged (containers "init", "c" must not set securityContext.privileged=true)',
    ]);
  });
});

describe('the level restricted', () => {
  test('wants a pod to say that it is careful', () => {
    assert.deepEqual(judge('restricted', {}), [
      'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false)',
      'unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"])',
      'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true)',
      'seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ]);
    assert.deepEqual(judge('restricted', {}, careful), []);
  });

  const table: [string, Partial<PodSpec>, Part, string][] = [
    [
      'capabilities but one',
      {},
      carefully({ capabilities: { drop: ['ALL'], add: ['CHOWN', 'NET_BIND_SERVICE'] } }),
      'unrestricted capabilities (container "c" must not include "CHOWN" in securityContext.capabilities.add)',
    ],
    [
      'volumes that are not of the pod',
      { volumes: [{ name: 'a', hostPath: { path: '/' } }] },
      careful,
      'restricted volume types (volume "a" uses restricted volume type "hostPath")',
    ],
    ['root', {}, carefully({ runAsUser: 0 }), 'runAsUser=0 (container "c" must not set runAsUser=0)'],
    [
      'a container that may be root',
      { securityContext: { runAsNonRoot: true } },
      carefully({ runAsNonRoot: false }),
      'runAsNonRoot != true (container "c" must not set securityContext.runAsNonRoot=false)',
    ],
    ['what the level below forbids', { hostIPC: true }, careful, 'host namespaces (hostIPC=true)'],
  ];
  for (const [what, spec, container, expected] of table)
    test(`forbids ${what}`, () => assert.deepEqual(judge('restricted', spec, container), [expected]));

  test('lets a pod with users of its own be their root', () => {
    const spec = { hostUsers: false };
    assert.deepEqual(judge('restricted', spec, carefully({ runAsUser: 0, runAsNonRoot: false })), []);
  });
});

describe('the labels of a namespace', () => {
  let api: TestApi;
  beforeEach(() => {
    const store = openMemory({ clock: new FakeClock() });
    const namespace = async (name: string) =>
      (await store.get(keyOf(namespaces, undefined, name)))?.object as Namespace | undefined;
    api = testApi({ store, admission: [podSecurity({ ...storedObjects(store), namespace })] });
  });
  afterEach(() => api.close());

  const label = (labels: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(labels).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value]),
    );
  const create = (labels: Record<string, string> = {}) =>
    api.post('/api/v1/namespaces', yaml({ metadata: { name: 'shop', labels: label(labels) } }));
  const relabel = (labels: Record<string, string>) =>
    api.patch('/api/v1/namespaces/shop', yaml({ metadata: { labels: label(labels) } }));
  const pods = '/api/v1/namespaces/shop/pods';
  const spec = (more: object = {}) => ({ containers: [{ name: 'c', image: 'nginx' }], ...more });
  const pod = (name: string, more: object = {}) =>
    api.post(pods, yaml({ metadata: { name }, spec: spec(more) }));

  test('let everything in when there are none', async () => {
    await create();
    assert.deepEqual([(await pod('web', { hostPID: true })).code, (await pod('b')).warnings], [201, []]);
  });

  test('refuse what they do not allow, in the version that they name', async () => {
    await create({ enforce: 'baseline', 'enforce-version': 'v1.25' });
    const reply = await pod('web', { hostPID: true });
    assert.equal(reply.code, 403);
    assert.equal(
      asStatus(reply).message,
      'pods "web" is forbidden: violates PodSecurity "baseline:v1.25": host namespaces (hostPID=true)',
    );
    assert.equal((await pod('web')).code, 201);
  });

  test('only warn, where that is what they say', async () => {
    await create({ warn: 'baseline' });
    const { code, warnings } = await pod('web', { hostPID: true });
    assert.deepEqual(
      [code, warnings],
      [201, ['would violate PodSecurity "baseline:latest": host namespaces (hostPID=true)']],
    );
  });

  for (const [plural, path, specOf] of [
    ['deployments', '/apis/apps/v1', (template: object) => ({ template })],
    ['jobs', '/apis/batch/v1', (template: object) => ({ template })],
    [
      'cronjobs',
      '/apis/batch/v1',
      (template: object) => ({ schedule: '* * * * *', jobTemplate: { spec: { template } } }),
    ],
  ] as const)
    test(`warn of ${plural} whose pods will be refused, and let them in`, async () => {
      await create({ enforce: 'baseline', warn: 'baseline' });
      const labels = { app: 'web' };
      const restartPolicy = plural === 'deployments' ? 'Always' : 'Never';
      const template = { metadata: { labels }, spec: spec({ hostPID: true, restartPolicy }) };
      const selector = plural === 'deployments' ? { selector: { matchLabels: labels } } : {};
      const reply = await api.post(
        `${path}/namespaces/shop/${plural}`,
        yaml({ metadata: { name: 'web' }, spec: { ...specOf(template), ...selector } }),
      );
      assert.equal(reply.code, 201, asStatus(reply).message ?? '');
      assert.deepEqual(reply.warnings, [
        'would violate PodSecurity "baseline:latest": host namespaces (hostPID=true)',
      ]);
    });

  test('when they become stricter, name those that are there already', async () => {
    await create();
    for (const name of ['b', 'a', 'c']) await pod(name, { hostPID: true });
    await pod('d', { hostNetwork: true });
    await pod('good');
    assert.deepEqual((await relabel({ enforce: 'baseline' })).warnings, [
      'existing pods in namespace "shop" violate the new PodSecurity enforce level "baseline:latest"',
      'a (and 3 other pods): host namespaces',
    ]);
    assert.deepEqual((await relabel({ enforce: 'privileged' })).warnings, []);
  });

  test('let pods that are there be changed in what does not matter', async () => {
    await create();
    await pod('web', { hostPID: true });
    await relabel({ enforce: 'baseline' });
    assert.equal((await api.patch(`${pods}/web`, yaml({ metadata: { labels: { a: 'b' } } }))).code, 200);
    const changed = await api.patch(
      `${pods}/web`,
      yaml({ spec: { containers: [{ name: 'c', image: 'nginx:2' }] } }),
      'strategic-merge',
    );
    assert.equal(changed.code, 403);
  });

  test('must be levels and versions that there are', async () => {
    const reply = await create({ enforce: 'strict', 'warn-version': '1.25' });
    assert.equal(reply.code, 422);
    assert.deepEqual(
      asStatus(reply).details?.causes?.map(({ message }) => message),
      [
        'Invalid value: "strict": must be one of privileged, baseline, restricted',
        'Invalid value: "1.25": must be "latest" or "v1.x"',
      ],
    );
  });
});
