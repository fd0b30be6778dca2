import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, beforeEach, describe, test } from 'node:test';
import { impersonate } from '../authn/impersonation.ts';
import type { Attributes } from '../authz/contract.ts';
import type { ApiRequest, Handler, User } from '../contract.ts';
import { admin, type Loose, type TestApi, testApi } from '../testing/testApi.ts';
import { decide } from './decide.ts';
import { audit } from './index.ts';
import { lineLog } from './log.ts';
import { readPolicy } from './read.ts';

const head = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n';
const policyOf = (rules: string) => readPolicy(`${head}${rules}`);

describe('an audit policy', () => {
  test('is read from YAML and from JSON', () => {
    const policy = policyOf(`
rules:
- level: Metadata
  resources: [{group: "", resources: [secrets]}]
omitStages: [RequestReceived]
`);
    assert.equal(policy.rules[0]?.level, 'Metadata');
    assert.deepEqual(policy.omitStages, ['RequestReceived']);
    const json = '{"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"level":"None"}]}';
    assert.deepEqual(readPolicy(json), { rules: [{ level: 'None' }] });
  });

  test('that is wrong is refused, and everything that is wrong is named', () => {
    for (const [text, why] of [
      ['rules: []', /it must say apiVersion/],
      [`${head}rules: []`, /it has no rules/],
      [
        `${head}rules: [{level: All}]`,
        /rules\[0\]\.level: Unsupported value: "All": supported values: "None"/,
      ],
      [`${head}rules: [{users: [a]}]`, /rules\[0\]\.level: Required value/],
      [`${head}rules: [{level: None, verb: [get]}]`, /rules\[0\]\.verb: unknown field/],
      [`${head}rules: [{level: None, omitStages: [Later]}]`, /omitStages\[0\]: Unsupported value: "Later"/],
      [
        `${head}rules: [{level: None, nonResourceURLs: [/a], namespaces: [b]}]`,
        /cannot apply to both regular resources and non-resource URLs/,
      ],
      [`${head}rules: [{level: None, nonResourceURLs: [a]}]`, /must begin with a '\/' character/],
      [`${head}rules: [{level: None, nonResourceURLs: ["/a*b"]}]`, /must be the final character/],
      [`${head}rules: [{level: None, resources: [{resourceNames: [a]}]}]`, /requires at least one resource/],
      [
        'apiVersion: audit.k8s.io/v1beta1\nkind: Policy\nrules: [{level: None}]',
        /Unsupported value: "audit.k8s.io\/v1beta1"/,
      ],
      ['a: [', /Cannot use the audit policy/],
    ] as const)
      assert.throws(() => readPolicy(text), why, text);
  });
});

describe('the first rule that matches decides', () => {
  const jane: User = { name: 'jane', groups: ['dev', 'system:authenticated'] };
  const about = (resource: Partial<Attributes['resource']>, verb = 'get', user = jane): Attributes => ({
    user,
    verb,
    path: '',
    resource: { group: '', version: 'v1', plural: 'pods', ...resource },
  });
  const path = (url: string): Attributes => ({ user: jane, verb: 'get', path: url });
  const policy = policyOf(`
rules:
- {level: None, users: [quiet]}
- {level: None, userGroups: [system:nodes], verbs: [get]}
- {level: None, nonResourceURLs: [/healthz*, /version]}
- {level: RequestResponse, resources: [{group: "", resources: [pods/exec]}]}
- {level: Request, resources: [{group: "", resources: ["*/status"]}], omitStages: [RequestReceived]}
- {level: Request, resources: [{group: apps, resources: [deployments/*], resourceNames: [web]}]}
- {level: Metadata, namespaces: [shop], omitManagedFields: true}
- {level: Metadata, resources: [{group: rbac.authorization.k8s.io}]}
`);
  const levelOf = (attributes: Attributes) => decide(policy, attributes).level;

  test('by user, group and verb', () => {
    const shop = { namespace: 'shop' };
    assert.equal(levelOf(about(shop)), 'Metadata');
    assert.equal(levelOf(about(shop, 'get', { name: 'quiet', groups: [] })), 'None');
    const node = { name: 'n', groups: ['system:nodes'] };
    assert.equal(levelOf(about(shop, 'get', node)), 'None');
    assert.equal(levelOf(about(shop, 'update', node)), 'Metadata');
  });

  test('by path', () => {
    assert.equal(levelOf(path('/healthz/etcd')), 'None');
    assert.equal(levelOf(path('/metrics')), 'None', 'what no rule names is not written down');
  });

  test('by resource, subresource and name', () => {
    assert.equal(levelOf(about({ subresource: 'exec' })), 'RequestResponse');
    assert.equal(levelOf(about({})), 'None');
    assert.equal(levelOf(about({ plural: 'nodes', subresource: 'status' })), 'Request');
    const deployment = { group: 'apps', plural: 'deployments' };
    assert.equal(levelOf(about({ ...deployment, name: 'web', subresource: 'scale' })), 'Request');
    assert.equal(levelOf(about({ ...deployment, name: 'other' })), 'None');
    assert.equal(levelOf(about({ group: 'rbac.authorization.k8s.io', plural: 'roles' })), 'Metadata');
  });

  test('and says which stages, and whether owners of fields are told', () => {
    assert.deepEqual([...decide(policy, about({ subresource: 'status' })).omitStages], ['RequestReceived']);
    assert.equal(decide(policy, about({ namespace: 'shop' })).omitManagedFields, true);
  });
});

describe('the audit log', () => {
  let lines: Loose[];
  let api: TestApi;
  const following = (rules: string, handler: Handler = api.handler) => {
    const { clock } = api;
    const policy = policyOf(`rules: [${rules}]`);
    const authorizer = { authorize: () => ({ allowed: true, reason: 'because' }) };
    let ids = 0;
    return audit({
      policy,
      authorizer,
      clock,
      uuid: () => `id-${++ids}`,
      write: (line) => lines.push(JSON.parse(line) as Loose),
    }).handler(handler);
  };
  const asked = (method: ApiRequest['method'], url: string, more: Partial<ApiRequest> = {}): ApiRequest => {
    const [path = '', query = ''] = url.split('?');
    return {
      method,
      path,
      query: new URLSearchParams(query),
      headers: { 'content-type': 'application/yaml', 'user-agent': 'kubectl/1.36' },
      user: admin,
      body: new Uint8Array(),
      signal: new AbortController().signal,
      clientAddress: '::ffff:10.0.0.7',
      ...more,
    };
  };
  const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n';
  const maps = '/api/v1/namespaces/default/configmaps';
  const creating = (more: Partial<ApiRequest> = {}) =>
    asked('POST', maps, { body: Buffer.from(yaml), ...more });

  beforeEach(() => {
    lines = [];
    api = testApi();
  });

  test('says what admission has to say for it, when the request is over', async () => {
    const handler: Handler = async (request) => {
      const answer = await api.handler(request);
      return 'object' in answer ? { ...answer, auditAnnotations: { 'policy/why': 'because' } } : answer;
    };
    await following('{level: Metadata}', handler)(creating());
    assert.deepEqual(
      lines.map(({ annotations }) => annotations['policy/why'] as unknown),
      [undefined, 'because'],
    );
    assert.equal(lines[1]?.['annotations']['authorization.k8s.io/decision'], 'allow');
  });

  test('says who did what, when, from where, and how it ended', async () => {
    await following('{level: Metadata}')(creating());
    const [received, complete] = lines;
    assert.equal(received?.['stage'], 'RequestReceived');
    const { annotations, user, ...rest } = complete ?? {};
    assert.deepEqual(rest, {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'Metadata',
      auditID: 'id-1',
      stage: 'ResponseComplete',
      requestURI: maps,
      verb: 'create',
      sourceIPs: ['10.0.0.7'],
      userAgent: 'kubectl/1.36',
      objectRef: { resource: 'configmaps', namespace: 'default', apiVersion: 'v1' },
      responseStatus: { metadata: {}, code: 201 },
      requestReceivedTimestamp: '2026-01-01T00:00:00.000000Z',
      stageTimestamp: '2026-01-01T00:00:00.000000Z',
    });
    assert.equal(user.username, 'admin');
    assert.deepEqual(annotations, {
      'authorization.k8s.io/decision': 'allow',
      'authorization.k8s.io/reason': 'because',
    });
  });

  test('has what was sent, and what was answered, as deep as the level', async () => {
    await following('{level: Request}')(creating());
    assert.equal(lines[1]?.['requestObject'].data.k, 'v');
    assert.equal(lines[1]?.['responseObject'], undefined);
    lines = [];
    await following('{level: RequestResponse}')(asked('GET', maps));
    assert.equal(lines[1]?.['responseObject'].items[0].metadata.name, 'a');
    assert.equal(lines[0]?.['responseObject'], undefined, 'not before there is one');
  });

  test('leaves stages and owners of fields out when it is told to', async () => {
    await following('{level: RequestResponse}')(creating());
    assert.ok(lines.at(-1)?.['responseObject'].metadata.managedFields);
    lines = [];
    const quiet = '{level: RequestResponse, omitManagedFields: true, omitStages: [RequestReceived]}';
    await following(quiet)(asked('GET', `${maps}/a`));
    assert.deepEqual(
      lines.map((line) => line['stage']),
      ['ResponseComplete'],
    );
    assert.equal(lines[0]?.['responseObject'].metadata.managedFields, undefined);
    assert.equal(lines[0]?.['responseObject'].data.k, 'v');
  });

  test('says why something was refused', async () => {
    await following('{level: Metadata}')(asked('GET', `${maps}/missing`));
    assert.equal(lines[1]?.['responseStatus'].code, 404);
    lines = [];
    await following('{level: RequestResponse}')(asked('GET', `${maps}/missing`));
    assert.equal(lines[1]?.['responseStatus'].reason, 'NotFound');
  });

  test('has nothing of what its policy does not name', async () => {
    await following('{level: Metadata, verbs: [delete]}')(creating());
    assert.deepEqual(lines, []);
  });

  test('tells of a watch when it begins and when it ends', async () => {
    const stop = new AbortController();
    const watch = asked('GET', `${maps}?watch=true`, { signal: stop.signal });
    const answer = await following('{level: Metadata}')(watch);
    const told = () => lines.map((line) => line['stage']);
    assert.deepEqual(told(), ['RequestReceived', 'ResponseStarted']);
    stop.abort();
    assert.ok('events' in answer);
    for await (const _ of answer.events);
    assert.deepEqual(told(), ['RequestReceived', 'ResponseStarted', 'ResponseComplete']);
  });

  test('knows who acts as somebody else, by the id that the client gave', async () => {
    const headers = { 'impersonate-user': 'jane', 'audit-id': 'mine' };
    const user = impersonate(admin, headers, { authorize: () => ({ allowed: true, reason: '' }) });
    await following('{level: Metadata}')(asked('GET', maps, { user, headers }));
    assert.equal(lines[0]?.['user'].username, 'admin');
    assert.equal(lines[0]?.['impersonatedUser'].username, 'jane');
    assert.equal(lines[0]?.['auditID'], 'mine');
  });

  test('tells of a stream until its connection is closed', async () => {
    const { clock } = api;
    const { upgrade } = audit({
      policy: policyOf('rules: [{level: Metadata}]'),
      authorizer: { authorize: () => ({ allowed: true, reason: '' }) },
      clock,
      uuid: () => 'id',
      write: (line) => lines.push(JSON.parse(line) as Loose),
    });
    const socket = new PassThrough();
    const request = asked('GET', '/api/v1/namespaces/default/pods/web/exec?command=ls');
    await upgrade(() => {})(request, socket, new Uint8Array(), {} as never);
    assert.equal(lines.at(-1)?.['stage'], 'ResponseStarted');
    assert.equal(lines.at(-1)?.['objectRef'].subresource, 'exec');
    socket.destroy();
    await once(socket, 'close');
    assert.equal(lines.at(-1)?.['stage'], 'ResponseComplete');
  });

  test('tells of who could not say who he is', () => {
    const { unauthorized } = audit({
      policy: policyOf('rules: [{level: Metadata}]'),
      authorizer: { authorize: () => ({ allowed: false, reason: '' }) },
      clock: api.clock,
      uuid: () => 'id',
      write: (line) => lines.push(JSON.parse(line) as Loose),
    });
    const { user: _, ...head } = asked('GET', maps);
    unauthorized(head);
    assert.equal(lines[0]?.['stage'], 'ResponseStarted');
    assert.equal(lines[0]?.['responseStatus'].code, 401);
    assert.equal(lines[0]?.['annotations']['authorization.k8s.io/decision'], 'forbid');
  });

  test('tells of a failure that nobody expected', async () => {
    const broken: Handler = () => Promise.reject(new Error('broken'));
    await assert.rejects(following('{level: Metadata}', broken)(asked('GET', maps)), /broken/);
    assert.equal(lines.at(-1)?.['stage'], 'Panic');
  });
});

describe('the file of the audit log', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'audit-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('has every line once, in order, and so many files and no more', async () => {
    const file = join(folder, 'deep/audit.log');
    const log = lineLog(file, { bytes: 100, files: 2 });
    const line = (i: number) => `line ${String(i).padStart(44, '0')}`;
    for (let i = 0; i < 10; i++) {
      log.write(line(i));
      if (i % 2 === 1) await log.flushed();
    }
    await log.flushed();
    assert.deepEqual((await readdir(join(folder, 'deep'))).sort(), [
      'audit.log',
      'audit.log.1',
      'audit.log.2',
    ]);
    const texts = await Promise.all(['.2', '.1', ''].map((end) => readFile(`${file}${end}`, 'utf8')));
    assert.equal(texts.join(''), [4, 5, 6, 7, 8, 9].map((i) => `${line(i)}\n`).join(''));
  });

  test('goes on where it was after a restart', async () => {
    const file = join(folder, 'again.log');
    for (const text of ['one', 'two']) {
      const log = lineLog(file);
      log.write(text);
      await log.flushed();
    }
    assert.equal(await readFile(file, 'utf8'), 'one\ntwo\n');
  });
});
