import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import type { Secret } from '../../../api/types.ts';
import { FakeClock } from '../../../lib/clock.ts';
import type { Image, ImageStore } from '../../contract.ts';
import { containerOf, imageOf, podOf } from '../../testing/pod.ts';
import { StartFailure } from './failure.ts';
import { PodImages } from './images.ts';
import { credentialsFor } from './pullSecrets.ts';

interface Store {
  here?: Partial<Image>;
  pull?: () => Promise<Image>;
}

function images({ here, pull = async () => imageOf() }: Store) {
  const clock = new FakeClock();
  const told: string[] = [];
  const pulls: unknown[] = [];
  const store: ImageStore = {
    find: async () => here && { ...imageOf(), ...here },
    pull: (reference, credentials) => {
      pulls.push([reference, credentials]);
      return pull();
    },
    list: async () => [],
  };
  const secret = secretOf('{"auths": {"reg.example": {"username": "me", "password": "pw"}}}');
  const made = new PodImages({
    images: store,
    objects: { get: async () => secret as never, release() {}, onChange() {} },
    event: (_pod, type, reason, message) => told.push(`${type} ${reason}: ${message}`),
    clock,
  });
  const pod = podOf('spec: {imagePullSecrets: [{name: login}]}');
  const get = (policy: string, image = 'nginx') =>
    made.get(pod, containerOf(`{name: main, image: ${image}, imagePullPolicy: ${policy}}`));
  return { clock, told, pulls, get };
}

const secretOf = (json: string, type = 'kubernetes.io/dockerconfigjson'): Secret => ({
  metadata: { name: 'login' },
  type,
  data: { '.dockerconfigjson': Buffer.from(json).toString('base64') },
});

describe('the pull policy', () => {
  const cases: [policy: string, here: Partial<Image> | undefined, expected: string][] = [
    ['IfNotPresent', {}, 'present'],
    ['IfNotPresent', undefined, 'pulled'],
    ['Always', {}, 'pulled'],
    ['Always', { pinned: true }, 'present'],
    ['Never', {}, 'present'],
    ['Never', undefined, 'refused'],
  ];
  for (const [policy, here, expected] of cases)
    test(`${policy}, ${here ? (here.pinned ? 'preloaded' : 'here') : 'not here'}: ${expected}`, async () => {
      const { get, pulls } = images(here ? { here } : {});
      if (expected === 'refused') await assert.rejects(get(policy), { reason: 'ErrImageNeverPull' });
      else await get(policy);
      assert.equal(pulls.length, expected === 'pulled' ? 1 : 0);
    });
});

test('a pull that fails is told, and tried again later and later', async () => {
  const pull = async () => {
    throw new Error('manifest unknown');
  };
  const { clock, told, pulls, get } = images({ pull });
  const reasonOf = () =>
    get('Always').catch((err: unknown) =>
      err instanceof StartFailure ? `${err.reason} ${err.retryMs}` : String(err),
    );
  assert.equal(await reasonOf(), 'ErrImagePull 2000');
  clock.advance(2_000);
  assert.equal(await reasonOf(), 'ImagePullBackOff 8000');
  assert.equal(pulls.length, 1);
  clock.advance(8_000);
  assert.equal(await reasonOf(), 'ErrImagePull 2000');
  clock.advance(2_000);
  assert.equal(await reasonOf(), 'ImagePullBackOff 18000');
  assert.deepEqual(told.slice(0, 5), [
    'Normal Pulling: Pulling image "nginx"',
    'Warning Failed: Failed to pull image "nginx": manifest unknown',
    'Warning Failed: Error: ErrImagePull',
    'Normal BackOff: Back-off pulling image "nginx"',
    'Warning Failed: Error: ImagePullBackOff',
  ]);
  await assert.rejects(get('Always'), {
    message: 'Back-off pulling image "nginx": ErrImagePull: manifest unknown',
  });
});

test('the credentials of the registry go along', async () => {
  const { pulls, get } = images({});
  await get('Always', 'reg.example/team/app');
  await get('Always', 'nginx');
  assert.deepEqual(pulls, [
    ['reg.example/team/app', { username: 'me', password: 'pw' }],
    ['nginx', undefined],
  ]);
});

describe('pull secrets', () => {
  const cases: [image: string, auths: object, user: string | undefined][] = [
    ['nginx', { 'https://index.docker.io/v1/': { auth: Buffer.from('a:b:c').toString('base64') } }, 'a'],
    ['reg.example:5000/x', { 'reg.example:5000': { username: 'u', password: 'p' } }, 'u'],
    [
      'reg.example/team/x',
      {
        'reg.example': { username: 'u', password: 'p' },
        'reg.example/team': { username: 't', password: 'p' },
      },
      't',
    ],
    ['reg.example.org/x', { 'reg.example': { username: 'u', password: 'p' } }, undefined],
  ];
  for (const [image, auths, user] of cases)
    test(`${image} with ${Object.keys(auths).join(', ')}: ${user ?? 'nobody'}`, () =>
      assert.equal(credentialsFor(image, [secretOf(JSON.stringify({ auths }))])?.username, user));
  test('a password may hold a colon', () => {
    const auths = { 'docker.io': { auth: Buffer.from('a:b:c').toString('base64') } };
    assert.deepEqual(credentialsFor('x/y', [secretOf(JSON.stringify({ auths }))]), {
      username: 'a',
      password: 'b:c',
    });
  });
  test('a secret of another type is none', () => {
    const other = parse('{metadata: {name: s}, type: Opaque, data: {a: Yg==}}') as Secret;
    assert.equal(credentialsFor('nginx', [other]), undefined);
  });
});
