import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { describe, test } from 'node:test';
import type { Client } from '../../../client/contract.ts';
import { FakeClock } from '../../../lib/clock.ts';
import type { User } from '../contract.ts';
import { Refusal } from '../refusal.ts';
import { attributesOf } from './attributes.ts';
import { bearerToken, userOf } from './identity.ts';
import { accessControl } from './index.ts';
import { accessByReviews } from './reviews.ts';

interface Asking {
  method?: string;
  url?: string;
  /** Whether the authority has signed it. */
  authorized?: boolean;
  subject?: { CN?: string; O?: string | string[] };
  authorization?: string;
}

const request = ({ method = 'GET', url = '/pods', authorized = false, subject, authorization }: Asking) =>
  ({
    method,
    url,
    headers: { authorization },
    socket: { authorized, getPeerCertificate: () => (subject ? { subject } : {}) },
  }) as unknown as IncomingMessage;

const refused = (code: number, message?: string) => (err: unknown) =>
  err instanceof Refusal && err.code === code && (message === undefined || err.message === message);

describe('who asks', () => {
  test('is said by a certificate: its common name, and its organizations as groups', () => {
    assert.deepEqual(userOf({ subject: { CN: 'ann', O: ['a', 'b'] } } as never), {
      name: 'ann',
      groups: ['a', 'b', 'system:authenticated'],
    });
    assert.equal(userOf({}), undefined);
  });

  test('or by a bearer token', () => {
    assert.equal(bearerToken('Bearer abc'), 'abc');
    assert.equal(bearerToken('bearer  abc '), 'abc');
    assert.equal(bearerToken('Basic abc'), undefined);
    assert.equal(bearerToken(undefined), undefined);
  });
});

test('what is asked is a verb on a subresource of the node', () => {
  const asked = (method: string, path: string) => {
    const { verb, subresources } = attributesOf(method, path);
    return `${verb} ${subresources.join(' or ')}`;
  };
  assert.equal(asked('GET', '/metrics/resource'), 'get metrics');
  assert.equal(asked('GET', '/stats/summary'), 'get stats');
  assert.equal(asked('GET', '/pods'), 'get pods or proxy');
  assert.equal(asked('GET', '/healthz'), 'get healthz or proxy');
  assert.equal(asked('GET', '/containerLogs/a/b/c'), 'get proxy');
  assert.equal(asked('POST', '/exec/a/b/c'), 'create proxy');
  // A WebSocket begins with a GET; whoever may only read must not run commands.
  assert.equal(asked('GET', '/exec/a/b/c'), 'create proxy');
  assert.equal(asked('GET', '/portForward/a/b'), 'create proxy');
});

describe('access', () => {
  const users: Record<string, User> = { good: { name: 'bob', groups: ['readers'] } };
  function control() {
    const asked: string[] = [];
    const clock = new FakeClock();
    const access = accessControl({
      clock,
      async authenticate(token) {
        asked.push(`who is ${token}?`);
        return users[token];
      },
      async authorize({ name }, { verb, subresource }) {
        asked.push(`may ${name} ${verb} ${subresource}?`);
        return subresource === 'stats' || (name === 'carl' && subresource === 'proxy');
      },
    });
    return { access, asked, clock };
  }

  test('is refused to whoever shows nothing that holds', async () => {
    const { access } = control();
    await assert.rejects(access(request({})), refused(401, 'Unauthorized'));
    await assert.rejects(access(request({ subject: { CN: 'forged', O: 'system:masters' } })), refused(401));
    await assert.rejects(access(request({ authorization: 'Bearer bad' })), refused(401));
  });

  test('is given to the API server without a question', async () => {
    const { access, asked } = control();
    const subject = { CN: 'kube-apiserver-kubelet-client', O: 'system:masters' };
    await access(request({ method: 'POST', url: '/exec/a/b/c', authorized: true, subject }));
    assert.deepEqual(asked, []);
  });

  test('is given to others by the API server’s leave, asked once for a while', async () => {
    const { access, asked, clock } = control();
    const stats = request({ url: '/stats/summary?only=cpu', authorization: 'Bearer good' });
    await access(stats);
    await access(stats);
    assert.deepEqual(asked, ['who is good?', 'may bob get stats?']);
    clock.advance(11_000);
    await access(stats);
    assert.equal(asked.length, 4);
  });

  test('by any of the subresources is enough', async () => {
    const { access, asked } = control();
    await access(request({ url: '/pods', authorized: true, subject: { CN: 'carl' } }));
    assert.deepEqual(asked, ['may carl get pods?', 'may carl get proxy?']);
  });

  test('is refused in Kubernetes’ words', async () => {
    const { access } = control();
    await assert.rejects(
      access(request({ method: 'POST', url: '/exec/a/b/c', authorization: 'Bearer good' })),
      refused(403, 'Forbidden (user=bob, verb=create, resource=nodes, subresource=proxy)'),
    );
  });

  test('is asked again when the API server could not be reached', async () => {
    let up = false;
    const access = accessControl({
      clock: new FakeClock(),
      authenticate: async () => {
        if (!up) throw new Error('not there');
        return { name: 'x', groups: ['system:masters'] };
      },
      authorize: async () => false,
    });
    await assert.rejects(access(request({ authorization: 'Bearer t' })), /not there/);
    up = true;
    await access(request({ authorization: 'Bearer t' }));
  });
});

test('reviews are put to the API server, and their answers read', async () => {
  const created: unknown[] = [];
  const answers: Record<string, object> = {
    TokenReview: { authenticated: true, user: { username: 'bob', uid: '1', groups: ['g'] } },
    SubjectAccessReview: { allowed: true },
  };
  const client = {
    create: async (resource: { kind: string }, object: object) => {
      created.push(object);
      return { ...object, status: answers[resource.kind] };
    },
  } as unknown as Pick<Client, 'create'>;
  const { authenticate, authorize } = accessByReviews(client, 'node1');
  const user = await authenticate('abc');
  assert.deepEqual(user, { name: 'bob', uid: '1', groups: ['g'] });
  assert.ok(user);
  assert.equal(await authorize(user, { verb: 'get', subresource: 'stats', path: '/stats/summary' }), true);
  assert.deepEqual(created, [
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', metadata: {}, spec: { token: 'abc' } },
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      metadata: {},
      spec: {
        user: 'bob',
        groups: ['g'],
        uid: '1',
        resourceAttributes: {
          verb: 'get',
          version: 'v1',
          resource: 'nodes',
          subresource: 'stats',
          name: 'node1',
        },
      },
    },
  ]);
  answers['TokenReview'] = { authenticated: false };
  answers['SubjectAccessReview'] = { allowed: false };
  assert.equal(await authenticate('abc'), undefined);
  assert.equal(await authorize(user, { verb: 'get', subresource: 'stats', path: '/' }), false);
});
