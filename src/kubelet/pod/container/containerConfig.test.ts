import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Container, Pod } from '../../../api/types.ts';
import type { ImageConfig } from '../../contract.ts';
import { containerOf, imageOf, podOf } from '../../testing/pod.ts';
import { containerConfig } from './containerConfig.ts';

const accounts = {
  passwd: 'root:x:0:0::/root:/bin/sh\nweb:x:101:102::/:/bin/sh\n',
  group: 'root:x:0:\nlogs:x:200:web,other\n',
};

function configOf(container: string, image: ImageConfig = {}, pod: Pod = podOf('{}')) {
  const full: Container = { ...containerOf(container), name: 'main' };
  return containerConfig(pod, full, {
    id: 'a'.repeat(64),
    attempt: 0,
    image: imageOf({ Cmd: ['serve'], ...image }),
    sandbox: { podIPs: ['10.244.0.5'] },
    hostname: 'web-0',
    env: { COLOR: 'red' },
    mounts: [],
    accounts,
    nodeMemoryBytes: 1 << 30,
    logPath: '/log',
  });
}

describe('the command', () => {
  const image = { Entrypoint: ['/entry'], Cmd: ['a', 'b'] };
  const cases: [container: string, expected: string][] = [
    ['{}', '/entry a b'],
    ['{args: [c]}', '/entry c'],
    ['{command: [/own]}', '/own'],
    ['{command: [/own], args: ["$(COLOR)", "$$(COLOR)"]}', '/own red $(COLOR)'],
  ];
  for (const [container, expected] of cases)
    test(`${container} runs ${expected}`, () =>
      assert.equal(configOf(container, image).argv.join(' '), expected));
  test('nothing to run is refused', () =>
    assert.throws(() => configOf('{}', { Cmd: [] }), /no command specified/));
});

test("the environment is the container's over the image's, with a PATH in any case", () => {
  assert.deepEqual(configOf('{tty: true}', { Env: ['COLOR=blue', 'EMPTY=', 'A=b=c'] }).env, {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOSTNAME: 'web-0',
    TERM: 'xterm',
    COLOR: 'red',
    EMPTY: '',
    A: 'b=c',
  });
});

describe('the user', () => {
  const user = (container: string, imageUser = '', pod = '{}') =>
    configOf(container, { User: imageUser }, podOf(pod)).user;

  test('is root unless somebody says otherwise', () =>
    assert.deepEqual(user('{}'), { uid: 0, gid: 0, additionalGids: [] }));
  test("is the image's, by name, with the groups that name it", () =>
    assert.deepEqual(user('{}', 'web'), { uid: 101, gid: 102, additionalGids: [200] }));
  test("is the image's, by number and group", () =>
    assert.deepEqual(user('{}', '7:logs'), { uid: 7, gid: 200, additionalGids: [] }));
  test("is the container's before the pod's", () => {
    const pod = 'spec: {securityContext: {runAsUser: 5, runAsGroup: 6, fsGroup: 7, supplementalGroups: [8]}}';
    assert.deepEqual(user('securityContext: {runAsUser: 9}', 'web', pod), {
      uid: 9,
      gid: 6,
      additionalGids: [8, 7],
    });
  });
  test('that the image does not know is refused', () =>
    assert.throws(
      () => user('{}', 'nobody'),
      /unable to find user nobody: no matching entries in passwd file/,
    ));

  const where = '(pod: "web_default(uid-1)", container: main)';
  const nonRoot: [container: string, imageUser: string, message: string][] = [
    ['{runAsNonRoot: true}', '', `container has runAsNonRoot and image will run as root ${where}`],
    ['{runAsNonRoot: true, runAsUser: 0}', '5', `container's runAsUser breaks non-root policy ${where}`],
    [
      '{runAsNonRoot: true}',
      'web',
      `container has runAsNonRoot and image has non-numeric user (web), cannot verify user is non-root ${where}`,
    ],
  ];
  for (const [context, imageUser, message] of nonRoot)
    test(`runAsNonRoot: ${message}`, () =>
      assert.throws(() => user(`securityContext: ${context}`, imageUser), { message }));
  test('runAsNonRoot is content with a number', () =>
    assert.equal(user('securityContext: {runAsNonRoot: true}', '101').uid, 101));
});

describe('limits', () => {
  const limits = (yaml: string) => configOf(`resources: ${yaml}`).resources;
  test('nothing asked for is the smallest share', () => assert.deepEqual(limits('{}'), { cpuShares: 2 }));
  test('in the terms of the kernel', () =>
    assert.deepEqual(limits('{requests: {cpu: 250m}, limits: {cpu: 500m, memory: 64Mi}}'), {
      cpuShares: 256,
      cpuQuotaUs: 50_000,
      memoryBytes: 64 << 20,
    }));
  test('a quota has a millisecond at least', () =>
    assert.equal(limits('{limits: {cpu: 1m}}').cpuQuotaUs, 1000));

  const oom = (qos: string, own = '') =>
    configOf(
      `resources: {requests: {memory: 512Mi}}`,
      {},
      podOf(`{status: {qosClass: ${qos}}, spec: {${own}}}`),
    ).oomScoreAdj;
  test('who promised most is killed last', () => {
    assert.deepEqual([oom('Guaranteed'), oom('Burstable'), oom('BestEffort')], [-997, 500, 1000]);
    assert.equal(oom('BestEffort', 'priority: 2000001000'), -997);
  });
});

describe('security', () => {
  const of = (yaml: string) => configOf(`securityContext: ${yaml}`);
  test('capabilities are added and dropped', () => {
    const { capabilities } = of('{capabilities: {drop: [ALL], add: [NET_ADMIN, CAP_KILL]}}');
    assert.deepEqual(capabilities, ['CAP_NET_ADMIN', 'CAP_KILL']);
    assert.equal(of('{capabilities: {drop: [net_raw]}}').capabilities.includes('CAP_NET_RAW'), false);
    assert.equal(
      of('{capabilities: {add: [ALL], drop: [SYS_ADMIN]}}').capabilities.includes('CAP_SYS_ADMIN'),
      false,
    );
    assert.throws(() => of('{capabilities: {add: [FLY]}}'), /Cannot add capability FLY: it is not known/);
  });
  test('privileged has all of them', () =>
    assert.ok(of('{privileged: true}').capabilities.includes('CAP_SYS_ADMIN')));
  test('allowPrivilegeEscalation: false is no_new_privs', () =>
    assert.deepEqual(
      [of('{allowPrivilegeEscalation: false}').noNewPrivileges, of('{}').noNewPrivileges],
      [true, false],
    ));
  test('sysctls are those of the pod', () => {
    const pod = podOf('spec: {securityContext: {sysctls: [{name: net.core.somaxconn, value: "99"}]}}');
    assert.deepEqual(configOf('{}', {}, pod).sysctls, { 'net.core.somaxconn': '99' });
  });
});

test("the stop signal is the container's, the image's, or SIGTERM", () => {
  assert.equal(configOf('{}').stopSignal, 'SIGTERM');
  assert.equal(configOf('{}', { StopSignal: 'SIGQUIT' }).stopSignal, 'SIGQUIT');
  assert.equal(configOf('lifecycle: {stopSignal: SIGUSR1}', { StopSignal: 'SIGQUIT' }).stopSignal, 'SIGUSR1');
});
