/** Tokens that stand in Secrets: filled in, believed and removed by what runs in a control plane. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { isNotFound } from '../../src/api/errors.ts';
import { configMaps, namespaces, secrets, serviceAccounts } from '../../src/api/resource.ts';
import { createAuthenticator } from '../../src/apiserver/authn/index.ts';
import { serviceAccountTokens } from '../../src/apiserver/authn/tokens.ts';
import { createHandler, localClient } from '../../src/apiserver/index.ts';
import { sharedInformers } from '../../src/client/shared.ts';
import { lookups } from '../../src/cluster/controlplane/lookups.ts';
import { bootstrapTokenControllers } from '../../src/controllers/bootstraptokens/index.ts';
import { run } from '../../src/controllers/loop.ts';
import { serviceAccountToken } from '../../src/controllers/serviceaccounttoken/index.ts';
import { FakeClock, rfc3339, systemClock } from '../../src/lib/clock.ts';
import { createSigningKey } from '../../src/lib/pki/signingKey.ts';
import { openMemory } from '../../src/store/index.ts';
import { config } from '../support/controlPlane.ts';
import { eventually } from '../support/eventually.ts';

const soon = <T>(attempt: () => Promise<T> | T) => eventually(attempt, 30_000, 5);
const textOf = (base64 = '') => Buffer.from(base64, 'base64').toString();

describe('tokens in Secrets', () => {
  const clock = new FakeClock(Date.now());
  const store = openMemory({ clock });
  const authorizer = { authorize: () => ({ allowed: true, reason: '' }) };
  const client = localClient(createHandler({ store, clock, authorizer }), {
    name: 'root',
    groups: ['system:masters'],
  });
  const signingKey = createSigningKey();
  const issuer = 'https://kubernetes.default.svc';
  const tokens = serviceAccountTokens({ signingKey, issuer, lookup: lookups(store), clock });
  const authenticate = createAuthenticator({ tokens, authorizer });
  const bearer = (token: string) =>
    authenticate({ authorized: false, headers: { authorization: `Bearer ${token}` } });
  const stop = new AbortController();

  before(async () => {
    const informers = sharedInformers(client, { clock: systemClock, signal: stop.signal });
    const parts = { client, informers, clock, signal: stop.signal };
    for (const controller of [serviceAccountToken, ...bootstrapTokenControllers])
      run(controller, { ...parts, config: { ...config, serviceAccountKey: signingKey } });
    for (const name of ['default', 'kube-system', 'kube-public'])
      await client.create(namespaces, { metadata: { name } });
  });
  after(async () => {
    stop.abort();
    await store.close();
  });

  const account = (name: string) =>
    client.create(serviceAccounts, { metadata: { name, namespace: 'default' } });
  const tokenSecret = (name: string, of: string) =>
    client.create(secrets, {
      metadata: {
        name,
        namespace: 'default',
        annotations: { 'kubernetes.io/service-account.name': of },
      },
      type: 'kubernetes.io/service-account-token',
    });
  const filled = (name: string) =>
    soon(async () => {
      const { data } = await client.get(secrets, name, 'default');
      assert.ok(data?.['token']);
      assert.equal(textOf(data['namespace']), 'default');
      assert.equal(textOf(data['ca.crt']), config.caCertificate);
      return textOf(data['token']);
    });
  const isGone = (name: string, namespace: string) =>
    soon(() => assert.rejects(client.get(secrets, name, namespace), isNotFound));

  test('of an account are filled in, hold for long, and are for the API server', async () => {
    await account('web');
    await tokenSecret('web-token', 'web');
    const token = await filled('web-token');
    clock.advance(365 * 24 * 3600_000);
    const user = await bearer(token);
    assert.equal(user?.name, 'system:serviceaccount:default:web');
    assert.deepEqual(user.groups, [
      'system:serviceaccounts',
      'system:serviceaccounts:default',
      'system:authenticated',
    ]);
    await assert.rejects(tokens.verify(token, ['vault']), /is invalid for the target audiences/);
  });

  test('do not hold any more at once when their Secret is gone, or has another one', async () => {
    await account('once');
    await tokenSecret('once-token', 'once');
    const token = await filled('once-token');
    assert.ok(await bearer(token));
    await client.patch(
      secrets,
      { name: 'once-token', namespace: 'default' },
      { data: { token: Buffer.from('other').toString('base64') } },
    );
    assert.equal(await bearer(token), undefined);
    await client.delete(secrets, { name: 'once-token', namespace: 'default' });
    assert.equal(await bearer(token), undefined);
  });

  test('go with their account', async () => {
    await account('gone');
    await tokenSecret('gone-token', 'gone');
    const token = await filled('gone-token');
    await client.delete(serviceAccounts, { name: 'gone', namespace: 'default' });
    assert.equal(await bearer(token), undefined);
    await isGone('gone-token', 'default');
  });

  test('of no account are removed', async () => {
    await tokenSecret('nobody-token', 'nobody');
    await isGone('nobody-token', 'default');
  });

  const bootstrap = (id: string, more: Record<string, string> = {}) =>
    client.create(secrets, {
      metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
      type: 'bootstrap.kubernetes.io/token',
      stringData: {
        'token-id': id,
        'token-secret': 'f395accd246ae52d',
        'usage-bootstrap-authentication': 'true',
        ...more,
      },
    });

  test('for joining stand for somebody who joins, in the groups that they name', async () => {
    await bootstrap('07401b', { 'auth-extra-groups': 'system:bootstrappers:worker' });
    const user = await bearer('07401b.f395accd246ae52d');
    assert.equal(user?.name, 'system:bootstrap:07401b');
    assert.deepEqual(user.groups, [
      'system:bootstrappers',
      'system:bootstrappers:worker',
      'system:authenticated',
    ]);
    assert.equal(await bearer('07401b.f395accd246ae52e'), undefined, 'another secret');
    assert.equal(await bearer('07401c.f395accd246ae52d'), undefined, 'another id');
  });

  test('for joining that may not, or name groups that are none of theirs, stand for nobody', async () => {
    await bootstrap('aaaaaa', { 'usage-bootstrap-authentication': 'false' });
    await bootstrap('bbbbbb', { 'auth-extra-groups': 'system:masters' });
    await bootstrap('cccccc', { expiration: 'tomorrow' });
    for (const id of ['aaaaaa', 'bbbbbb', 'cccccc'])
      assert.equal(await bearer(`${id}.f395accd246ae52d`), undefined, id);
  });

  test('for joining end at their time, and are removed then', async () => {
    await bootstrap('dddddd', { expiration: rfc3339(clock.now() + 60_000) });
    assert.ok(await bearer('dddddd.f395accd246ae52d'));
    clock.advance(60_000);
    assert.equal(await bearer('dddddd.f395accd246ae52d'), undefined);
    await soon(async () => {
      clock.advance(1000);
      await assert.rejects(client.get(secrets, 'bootstrap-token-dddddd', 'kube-system'), isNotFound);
    });
  });

  test('for joining sign where the cluster is, as long as they are there', async () => {
    await bootstrap('eeeeee', { 'usage-bootstrap-signing': 'true' });
    const info = () => client.get(configMaps, 'cluster-info', 'kube-public');
    const signed = await soon(async () => {
      const { data = {} } = await info();
      assert.ok(data['jws-kubeconfig-eeeeee']);
      return data;
    });
    assert.match(signed['kubeconfig'] ?? '', /server: https:\/\/172\.30\.0\.2:6443/);
    const [header = '', payload, signature] = (signed['jws-kubeconfig-eeeeee'] ?? '').split('.');
    assert.equal(payload, '', 'the content itself is not in it');
    assert.deepEqual(JSON.parse(Buffer.from(header, 'base64url').toString()), {
      alg: 'HS256',
      kid: 'eeeeee',
    });
    const text = `${header}.${Buffer.from(signed['kubeconfig'] ?? '').toString('base64url')}`;
    assert.equal(createHmac('sha256', 'f395accd246ae52d').update(text).digest('base64url'), signature);
    await client.delete(secrets, { name: 'bootstrap-token-eeeeee', namespace: 'kube-system' });
    await soon(async () => assert.deepEqual(Object.keys((await info()).data ?? {}), ['kubeconfig']));
  });
});
