import assert from 'node:assert/strict';
import { createHmac, randomUUID, sign } from 'node:crypto';
import { beforeEach, describe, test } from 'node:test';
import * as jose from 'jose';
import { StatusError } from '../../api/errors.ts';
import type { KubeObject, Node, Pod, Secret, ServiceAccount } from '../../api/types.ts';
import { FakeClock } from '../../lib/clock.ts';
import { createSigningKey, publicKeyOf } from '../../lib/pki/signingKey.ts';
import { clusterAuthorizer } from '../authz/index.ts';
import type { ApiRequest, User } from '../contract.ts';
import { type Authenticator, createAuthenticator } from './index.ts';
import { issuerAnswer } from './issuer.ts';
import type { TokenLookup } from './lookup.ts';
import { type MintToken, type TokenRequest, tokenMinter } from './tokenRequest.ts';
import { serviceAccountTokens } from './tokens.ts';

const issuer = 'https://kubernetes.default.svc.cluster.local';
const signingKey = createSigningKey();
const admin: User = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };
const named = (name: string, uid: string) => ({ metadata: { name, uid, namespace: 'default' } });

/** What is in the cluster; tests take away from it. */
class World implements TokenLookup {
  objects = new Map<string, KubeObject>([
    ['sa/web', named('web', 'sa-1')],
    [
      'pod/web-0',
      {
        ...named('web-0', 'pod-1'),
        spec: { serviceAccountName: 'web', nodeName: 'a', containers: [] },
      } as Pod,
    ],
    [
      'pod/other',
      { ...named('other', 'pod-2'), spec: { serviceAccountName: 'default', containers: [] } } as Pod,
    ],
    ['secret/s', named('s', 'secret-1')],
    ['node/a', { metadata: { name: 'a', uid: 'node-1' } }],
  ]);
  serviceAccount = async (_: string, name: string) =>
    this.objects.get(`sa/${name}`) as ServiceAccount | undefined;
  pod = async (_: string, name: string) => this.objects.get(`pod/${name}`) as Pod | undefined;
  secret = async (_: string, name: string) => this.objects.get(`secret/${name}`) as Secret | undefined;
  node = async (name: string) => this.objects.get(`node/${name}`) as Node | undefined;
}

let world: World;
let clock: FakeClock;
let authenticate: Authenticator;
let mint: MintToken;
let tokens: ReturnType<typeof serviceAccountTokens>;

beforeEach(() => {
  world = new World();
  clock = new FakeClock();
  tokens = serviceAccountTokens({ signingKey, issuer, lookup: world, clock });
  authenticate = createAuthenticator({ tokens, authorizer: clusterAuthorizer() });
  mint = tokenMinter({ tokens, lookup: world, clock, uuid: randomUUID });
});

const ask = (spec: TokenRequest['spec'], user = admin, name = 'web') =>
  mint({ namespace: 'default', name }, { metadata: { name: '' }, spec }, user);
const tokenFor = async (spec: TokenRequest['spec'] = {}) => (await ask(spec)).status?.token ?? '';
const bearer = (token: string) =>
  authenticate({ authorized: false, headers: { authorization: `Bearer ${token}` } });
const podRef = { kind: 'Pod', apiVersion: 'v1', name: 'web-0', uid: 'pod-1' };
const says = (code: number, message: string | RegExp) => (err: unknown) => {
  assert.ok(err instanceof StatusError);
  assert.equal(err.status.code, code);
  if (typeof message === 'string') assert.equal(err.message, message);
  else assert.match(err.message, message);
  return true;
};

describe('client certificates', () => {
  test('common name and organizations become name and groups', async () => {
    const subject = { CN: 'jane', O: ['dev', 'ops'] };
    assert.deepEqual(await authenticate({ certificate: { subject }, authorized: true, headers: {} }), {
      name: 'jane',
      groups: ['dev', 'ops', 'system:authenticated'],
    });
  });

  test('its fingerprint tells by which certificate somebody came', async () => {
    const certificate = { subject: { CN: 'jane' }, fingerprint256: 'AB:01:FF' };
    const user = await authenticate({ certificate, authorized: true, headers: {} });
    assert.deepEqual(user?.extra, { 'authentication.kubernetes.io/credential-id': ['X509SHA256=ab01ff'] });
  });

  test('one organization stands alone, as TLS gives it', async () => {
    const subject = { CN: 'system:node:a', O: 'system:nodes' };
    const user = await authenticate({ certificate: { subject }, authorized: true, headers: {} });
    assert.deepEqual(user?.groups, ['system:nodes', 'system:authenticated']);
  });

  test('one that the authority did not sign is refused, unless a token comes with it', async () => {
    const certificate = { subject: { CN: 'admin', O: 'system:masters' } };
    assert.equal(await authenticate({ certificate, authorized: false, headers: {} }), undefined);
    const headers = { authorization: `Bearer ${await tokenFor()}` };
    const user = await authenticate({ certificate, authorized: false, headers });
    assert.equal(user?.name, 'system:serviceaccount:default:web');
  });

  test('one without a name stands for nobody', async () => {
    const certificate = { subject: { O: 'system:masters' } };
    assert.equal(await authenticate({ certificate, authorized: true, headers: {} }), undefined);
  });
});

describe('nobody', () => {
  test('without credentials is anonymous', async () => {
    for (const headers of [{}, { authorization: 'Basic amFuZTpw' }]) {
      assert.deepEqual(await authenticate({ certificate: {}, authorized: false, headers }), {
        name: 'system:anonymous',
        groups: ['system:unauthenticated'],
      });
    }
  });
});

describe('service account tokens', () => {
  test('stand for their account', async () => {
    const user = await bearer(await tokenFor());
    assert.equal(user?.name, 'system:serviceaccount:default:web');
    assert.equal(user?.uid, 'sa-1');
    assert.deepEqual(user?.groups, [
      'system:serviceaccounts',
      'system:serviceaccounts:default',
      'system:authenticated',
    ]);
    assert.match(
      user?.extra?.['authentication.kubernetes.io/credential-id']?.[0] ?? '',
      /^JTI=[0-9a-f-]{36}$/,
    );
  });

  test('are read by another implementation, with the claims that Kubernetes writes', async () => {
    const key = await jose.importSPKI(publicKeyOf(signingKey), 'ES256');
    const token = await tokenFor({ boundObjectRef: podRef, expirationSeconds: 3607 });
    const { payload, protectedHeader } = await jose.jwtVerify(token, key, {
      issuer,
      audience: issuer,
      currentDate: new Date(clock.now()),
    });
    assert.equal(protectedHeader.alg, 'ES256');
    const { jti, ...claims } = payload;
    assert.match(String(jti), /^[0-9a-f-]{36}$/);
    const nowS = clock.now() / 1000;
    assert.deepEqual(claims, {
      iss: issuer,
      sub: 'system:serviceaccount:default:web',
      aud: [issuer],
      exp: nowS + 3607,
      iat: nowS,
      nbf: nowS,
      'kubernetes.io': {
        namespace: 'default',
        serviceaccount: { name: 'web', uid: 'sa-1' },
        pod: { name: 'web-0', uid: 'pod-1' },
        node: { name: 'a', uid: 'node-1' },
      },
    });
  });

  test('of a pod name the pod and its node', async () => {
    const user = await bearer(await tokenFor({ boundObjectRef: podRef }));
    assert.deepEqual(user?.extra?.['authentication.kubernetes.io/pod-name'], ['web-0']);
    assert.deepEqual(user?.extra?.['authentication.kubernetes.io/node-name'], ['a']);
  });

  test('end at their time, also when they were seen before', async () => {
    const token = await tokenFor({ expirationSeconds: 600 });
    clock.advance(599_000);
    assert.ok(await bearer(token));
    clock.advance(1000);
    assert.equal(await bearer(token), undefined);
  });

  test('that begin later do not hold yet', async () => {
    const token = await tokenFor();
    clock.advance(-1000);
    assert.equal(await bearer(token), undefined);
    await assert.rejects(tokens.verify(token), /service account token is not valid yet/);
  });

  test('end with their account and are not taken for a new one of that name', async () => {
    const token = await tokenFor();
    assert.ok(await bearer(token));
    world.objects.set('sa/web', named('web', 'sa-2'));
    assert.equal(await bearer(token), undefined);
    world.objects.delete('sa/web');
    assert.equal(await bearer(token), undefined);
  });

  test('end with the pod, secret or node that they are bound to', async () => {
    for (const [key, ref] of [
      ['pod/web-0', podRef],
      ['secret/s', { kind: 'Secret', apiVersion: 'v1', name: 's' }],
      ['node/a', { kind: 'Node', apiVersion: 'v1', name: 'a' }],
    ] as const) {
      const token = await tokenFor({ boundObjectRef: ref });
      assert.ok(await bearer(token), key);
      world.objects.delete(key);
      assert.equal(await bearer(token), undefined, key);
    }
  });

  test('for another audience are not for this server', async () => {
    const token = await tokenFor({ audiences: ['vault'] });
    assert.equal(await bearer(token), undefined);
    assert.deepEqual((await tokens.verify(token, ['vault', 'x'])).audiences, ['vault']);
    await assert.rejects(
      tokens.verify(token, ['x']),
      /token audiences \["vault"\] is invalid for the target audiences \["x"\]/,
    );
  });

  test('of another issuer or another key are refused', async () => {
    const lookup = world;
    for (const other of [
      serviceAccountTokens({ signingKey, issuer: 'https://elsewhere', audiences: [issuer], lookup, clock }),
      serviceAccountTokens({ signingKey: createSigningKey(), issuer, lookup, clock }),
    ]) {
      const minted = await tokenMinter({ tokens: other, lookup, clock, uuid: randomUUID })(
        { namespace: 'default', name: 'web' },
        { metadata: { name: '' }, spec: {} },
        admin,
      );
      assert.equal(await bearer(minted.status?.token ?? ''), undefined);
    }
  });

  test('of an older key are honoured when it is named', async () => {
    const token = await tokenFor();
    const newKey = createSigningKey();
    const rotated = serviceAccountTokens({
      signingKey: newKey,
      olderKeys: [signingKey],
      issuer,
      lookup: world,
      clock,
    });
    assert.equal((await rotated.verify(token)).user.name, 'system:serviceaccount:default:web');
  });

  test('that were changed are refused: every part of them', async () => {
    const token = await tokenFor();
    const [header = '', payload = '', signature = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, exp: claims.exp + 1 })).toString('base64url');
    const encode = (o: object) => Buffer.from(JSON.stringify(o)).toString('base64url');
    const kid = JSON.parse(Buffer.from(header, 'base64url').toString()).kid;
    const hs256 = `${encode({ alg: 'HS256', kid })}.${payload}`;
    for (const text of [
      `${header}.${forged}.${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${header}.${payload}.${signature}.x`,
      `${encode({ alg: 'none', kid })}.${payload}.`,
      `${encode({ alg: 'none', kid })}.${payload}.${signature}`,
      `${hs256}.${createHmac('sha256', publicKeyOf(signingKey)).update(hs256).digest('base64url')}`,
      `x.${payload}.${signature}`,
      'opaque',
      '',
    ]) {
      assert.equal(await bearer(text), undefined, text);
    }
    assert.ok(await bearer(token), 'while the untouched one holds');
  });

  test('that name another algorithm are refused even with a good signature', async () => {
    const [header = '', payload = ''] = (await tokenFor()).split('.');
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString());
    for (const [alg, holds] of [
      ['ES256', true],
      ['none', false],
    ] as const) {
      const text = `${Buffer.from(JSON.stringify({ alg, kid })).toString('base64url')}.${payload}`;
      const signature = sign('sha256', Buffer.from(text), { key: signingKey, dsaEncoding: 'ieee-p1363' });
      assert.equal((await bearer(`${text}.${signature.toString('base64url')}`)) !== undefined, holds, alg);
    }
  });

  test('signed by the right key but of another form stand for nobody', async () => {
    const base = { iss: issuer, aud: [issuer], exp: clock.now(), iat: 0, nbf: 0, jti: 'x' };
    const account = { namespace: 'default', serviceaccount: { name: 'web', uid: 'sa-1' } };
    const key = await jose.importPKCS8(signingKey, 'ES256');
    const kid = jose.decodeProtectedHeader(await tokenFor()).kid ?? '';
    const make = (claims: jose.JWTPayload) =>
      new jose.SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(key);
    const sub = 'system:serviceaccount:default:web';
    assert.ok(await bearer(await make({ ...base, sub, 'kubernetes.io': account })), 'the right form');
    for (const claims of [
      { ...base, sub },
      { ...base, sub: 'system:serviceaccount:kube-system:web', 'kubernetes.io': account },
      { ...base, sub, 'kubernetes.io': { ...account, pod: 'web-0' } },
      { ...base, sub, exp: 'never' as never, 'kubernetes.io': account },
    ]) {
      assert.equal(await bearer(await make(claims)), undefined, JSON.stringify(claims));
    }
  });
});

describe('the issuer', () => {
  const ask = async (path: string) => {
    const request = { method: 'GET', path } as ApiRequest;
    const answer = await issuerAnswer(request, tokens);
    return answer && 'body' in answer && typeof answer.body === 'string'
      ? JSON.parse(answer.body)
      : undefined;
  };

  test('publishes the keys by which anybody verifies its tokens', async () => {
    const keys = jose.createLocalJWKSet(await ask('/openid/v1/jwks'));
    const { payload } = await jose.jwtVerify(await tokenFor(), keys, {
      issuer,
      currentDate: new Date(clock.now()),
    });
    assert.equal(payload.sub, 'system:serviceaccount:default:web');
    assert.ok(!JSON.stringify(await ask('/openid/v1/jwks')).includes('"d"'), 'and only the public half');
  });

  test('says where they are', async () => {
    assert.equal((await ask('/.well-known/openid-configuration')).jwks_uri, `${issuer}/openid/v1/jwks`);
    assert.equal(await ask('/openid'), undefined);
  });
});

describe('TokenRequest', () => {
  test('fills in what was left out and says when the token ends', async () => {
    const answer = await ask({});
    assert.deepEqual(answer.spec, { audiences: [issuer], expirationSeconds: 3600 });
    assert.equal(answer.status?.expirationTimestamp, '2026-01-01T01:00:00Z');
    assert.equal(answer.metadata.name, 'web');
  });

  test('refuses less than ten minutes and more than 2^32 seconds', async () => {
    await assert.rejects(
      ask({ expirationSeconds: 599 }),
      says(
        422,
        'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
      ),
    );
    await assert.rejects(ask({ expirationSeconds: 2 ** 32 + 1 }), says(422, /larger than 2\^32 seconds/));
  });

  test('refuses accounts and pods that are not there', async () => {
    await assert.rejects(ask({}, admin, 'nobody'), says(404, 'serviceaccounts "nobody" not found'));
    await assert.rejects(
      ask({ boundObjectRef: { ...podRef, name: 'gone' } }),
      says(404, 'pods "gone" not found'),
    );
  });

  test('refuses a pod of another account or another uid, and other kinds', async () => {
    await assert.rejects(
      ask({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'other' } }),
      says(
        400,
        'cannot bind token for serviceaccount "web" to pod running with different serviceaccount name.',
      ),
    );
    await assert.rejects(
      ask({ boundObjectRef: { ...podRef, uid: 'old' } }),
      says(409, /the UID in the bound object reference \(old\) does not match the UID in record/),
    );
    await assert.rejects(
      ask({ boundObjectRef: { kind: 'Deployment', apiVersion: 'apps/v1', name: 'x' } }),
      says(400, 'cannot bind token to object of type apps/v1, Kind=Deployment'),
    );
  });

  test('gives a kubelet tokens for the pods on its node only', async () => {
    const kubelet = (node: string): User => ({ name: `system:node:${node}`, groups: ['system:nodes'] });
    assert.ok((await ask({ boundObjectRef: podRef }, kubelet('a'))).status?.token);
    await assert.rejects(ask({}, kubelet('a')), says(403, /node requested token not bound to a pod/));
    await assert.rejects(
      ask({ boundObjectRef: podRef }, kubelet('b')),
      says(
        403,
        'serviceaccounts "web" is forbidden: node requested token bound to a pod scheduled on a different node',
      ),
    );
  });
});

describe('impersonation', () => {
  const as = (headers: Record<string, string>, subject = { CN: 'admin', O: 'system:masters' }) =>
    authenticate({ certificate: { subject }, authorized: true, headers });

  test('makes another user of who may do so', async () => {
    assert.deepEqual(
      await as({
        'impersonate-user': 'jane',
        'impersonate-group': 'dev, ops',
        'impersonate-uid': '7',
        'impersonate-extra-example.com%2fscope': 'a',
      }),
      {
        name: 'jane',
        uid: '7',
        groups: ['dev', 'ops', 'system:authenticated'],
        extra: { 'example.com/scope': ['a'] },
      },
    );
  });

  test('gives service accounts their groups and leaves anonymous unauthenticated', async () => {
    const account = await as({ 'impersonate-user': 'system:serviceaccount:shop:web' });
    assert.deepEqual(account?.groups, [
      'system:serviceaccounts',
      'system:serviceaccounts:shop',
      'system:authenticated',
    ]);
    const nobody = await as({ 'impersonate-user': 'system:anonymous' });
    assert.deepEqual(nobody?.groups, ['system:unauthenticated']);
  });

  test('is forbidden to others, name and groups each', async () => {
    await assert.rejects(
      as({ 'impersonate-user': 'admin', 'impersonate-group': 'system:masters' }, { CN: 'bob', O: 'dev' }),
      says(
        403,
        'users "admin" is forbidden: User "bob" cannot impersonate resource "users" in API group "" at the cluster scope',
      ),
    );
  });

  test('of a group needs a user', async () => {
    await assert.rejects(as({ 'impersonate-group': 'dev' }), says(400, /without impersonating a user/));
  });
});
