/** Through real TLS on 127.0.0.1, over HTTP/1.1 and HTTP/2. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { Agent, request as httpsRequest } from 'node:https';
import { createInterface } from 'node:readline';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { systemClock } from '../lib/clock.ts';
import type { Store } from '../store/contract.ts';
import { openMemory } from '../store/index.ts';
import { createHandler } from './handler.ts';
import { type TestAuthority, type TestCertificate, testAuthority } from './http/testCerts.ts';
import { type ApiServer, createServer, type Limits, type ServerOptions } from './server.ts';
import { podYaml } from './testing/testApi.ts';
import { decodeProtobuf } from './wire/index.ts';

const maps = '/api/v1/namespaces/default/configmaps';

let authority: TestAuthority;
let serving: TestCertificate;
let jane: TestCertificate;
let stranger: TestCertificate;
before(async () => {
  authority = await testAuthority();
  serving = await authority.issue('CN=apiserver');
  jane = await authority.issue('CN=jane, O=people');
  stranger = await (await testAuthority()).issue('CN=jane, O=people');
});

let server: ApiServer;
let store: Store;
let port = 0;
let agent: Agent;
const sessions: ClientHttp2Session[] = [];

async function start(more: Partial<ServerOptions> = {}, limits: Partial<Limits> = {}): Promise<void> {
  store = openMemory();
  const authorizer: ServerOptions['authorizer'] = {
    authorize: ({ user, verb }) => ({
      allowed: user.name !== 'system:anonymous' && !(user.name === 'reader' && verb === 'create'),
      reason: `User "${user.name}" may not`,
    }),
  };
  server = createServer({
    handler: createHandler({ store, authorizer, clock: systemClock }),
    authorizer,
    authenticate: async ({ certificate, authorized, headers }) => {
      if (headers['authorization'] === 'Bearer wrong') return undefined;
      if (headers['authorization'] === 'Bearer reader') return { name: 'reader', groups: [] };
      const name = certificate?.subject?.CN;
      return { name: authorized && typeof name === 'string' ? name : 'system:anonymous', groups: [] };
    },
    tls: { ...serving, clientCa: authority.ca },
    limits: { closeMs: 500, ...limits },
    ...more,
  });
  port = await server.listen({ host: '127.0.0.1', port: 0 });
  agent = new Agent({ keepAlive: true, ca: authority.ca, ...jane });
}

beforeEach(() => {
  sessions.splice(0);
});
afterEach(async () => {
  agent.destroy();
  for (const session of sessions) session.destroy();
  await server.close();
  await store.close();
});

interface Got {
  code: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** Over HTTP/1.1. */
async function h1(
  method: string,
  path: string,
  { body, headers = {}, own }: { body?: string | Buffer; headers?: Record<string, string>; own?: Agent } = {},
): Promise<Got> {
  const request = httpsRequest({ host: '127.0.0.1', port, method, path, headers, agent: own ?? agent });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { code: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
}

function http2(identity: Partial<TestCertificate> = jane): ClientHttp2Session {
  const session = connectHttp2(`https://127.0.0.1:${port}`, { ca: authority.ca, ...identity });
  session.on('error', () => {});
  sessions.push(session);
  return session;
}

async function h2(session: ClientHttp2Session, method: string, path: string, body?: string): Promise<Got> {
  const stream = session.request({ ':method': method, ':path': path, 'content-type': 'application/yaml' });
  stream.end(body);
  const [headers] = (await once(stream, 'response')) as [Record<string, string>];
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return { code: Number(headers[':status']), headers, body: Buffer.concat(chunks) };
}

const json = (got: Got) => JSON.parse(got.body.toString());
const yamlType = { 'content-type': 'application/yaml' };

describe('requests', () => {
  test('over HTTP/1.1 and HTTP/2 on one port', async () => {
    await start();
    const made = await h1('POST', maps, { body: '{metadata: {name: a}}', headers: yamlType });
    assert.equal(made.code, 201);
    assert.equal(made.headers['content-type'], 'application/json');
    const session = http2();
    assert.equal(json(await h2(session, 'GET', `${maps}/a`)).metadata.name, 'a');
    const patched = await h2(session, 'PUT', `${maps}/a`, '{metadata: {name: a}, data: {x: "1"}}');
    assert.equal(patched.code, 200);
    const list = json(await h1('GET', maps));
    assert.deepEqual([list.kind, list.items.length, list.items[0].data.x], ['ConfigMapList', 1, '1']);
    const head = await h1('HEAD', `${maps}/a`);
    assert.deepEqual([head.code, head.body.length], [200, 0]);
  });

  test('are answered with indented JSON where somebody reads it', async () => {
    await start();
    await h1('POST', maps, { body: '{metadata: {name: a}}', headers: yamlType });
    const read = async (path: string, agent: string) =>
      (await h1('GET', path, { headers: { 'user-agent': agent } })).body.toString();
    for (const path of [maps, `${maps}/a`, `${maps}/nobody`]) {
      const plain = await read(path, 'kubectl/v1.33.0');
      const indented = `${JSON.stringify(JSON.parse(plain), null, 2)}\n`;
      assert.equal(await read(path, 'curl/7.88.1'), indented);
      assert.equal(await read(`${path}?pretty=true`, 'kubectl/v1.33.0'), indented);
      assert.notEqual(plain, indented);
    }
  });

  test('for a watch may say so in the path', async () => {
    await start();
    for (const name of ['a', 'b'])
      await h1('POST', maps, { body: `{metadata: {name: ${name}}}`, headers: yamlType });
    const { body } = await h1('GET', `${maps.replace('/v1/', '/v1/watch/')}/b?timeoutSeconds=1`);
    const [event, ...more] = body.toString().trim().split('\n');
    const { type, object } = JSON.parse(event ?? '');
    assert.deepEqual([type, object.metadata.name, more], ['ADDED', 'b', []]);
  });

  test('the client certificate says who asks; one of another authority says nothing', async () => {
    await start();
    assert.equal((await h1('GET', maps)).code, 200);
    const nobody = new Agent({ ca: authority.ca });
    assert.equal((await h1('GET', maps, { own: nobody })).code, 403);
    const other = new Agent({ ca: authority.ca, ...stranger });
    assert.equal((await h1('GET', maps, { own: other })).code, 403);
    assert.equal((await h2(http2(stranger), 'GET', maps)).code, 403);
    nobody.destroy();
    other.destroy();
  });

  test('credentials that do not hold are a 401', async () => {
    await start();
    const got = await h1('GET', maps, { headers: { authorization: 'Bearer wrong' } });
    assert.deepEqual([got.code, json(got).reason], [401, 'Unauthorized']);
  });

  test('a body of more than 3 MiB is a 413, whether it says so or not', async () => {
    await start();
    const big = Buffer.alloc(3 * 1024 * 1024 + 1, 'x');
    const session = http2();
    for (const length of [true, false]) {
      const stream = session.request({
        ':method': 'POST',
        ':path': maps,
        ...(length && { 'content-length': big.length }),
      });
      stream.on('error', () => {});
      stream.end(big);
      const [headers] = await once(stream, 'response');
      assert.equal(headers[':status'], 413);
      stream.close();
    }
    const request = httpsRequest({ host: '127.0.0.1', port, method: 'POST', path: maps, agent });
    request.on('error', () => {});
    request.setHeader('content-length', big.length);
    request.flushHeaders();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    assert.equal(response.statusCode, 413);
    request.destroy();
    assert.equal((await h1('GET', maps)).code, 200);
  });

  test('a body that never comes is given up, and the server goes on', async () => {
    await start({}, { requestMs: 1_000 });
    const stream = http2().request({ ':method': 'POST', ':path': maps });
    stream.on('error', () => {});
    stream.write('{');
    stream.resume();
    const [headers] = await once(stream, 'response');
    assert.equal(headers[':status'], 408);
    await once(stream, 'close');
    const half = connectTls({ host: '127.0.0.1', port, ca: authority.ca, ...jane });
    half.on('error', () => {});
    half.write('POST /api/v1/namespaces HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{');
    half.resume();
    await once(half, 'close');
    assert.equal((await h1('GET', maps)).code, 200);
  });

  test('unknown fields are told in Warning headers', async () => {
    await start();
    const got = await h1('POST', maps, { body: '{metadata: {name: a}, x: 1, z: 2}', headers: yamlType });
    assert.equal(got.headers['warning'], '299 - "unknown field \\"x\\"", 299 - "unknown field \\"z\\""');
  });

  test('answers in YAML and protobuf for who accepts nothing else', async () => {
    await start();
    await h1('POST', maps, { body: '{metadata: {name: a}, data: {x: hello}}', headers: yamlType });
    const yaml = await h1('GET', `${maps}/a`, { headers: { accept: 'application/yaml' } });
    assert.match(yaml.body.toString(), /^apiVersion: v1\nkind: ConfigMap\n/);
    const accept = 'application/vnd.kubernetes.protobuf';
    for (const path of [`${maps}/a`, maps, `${maps}/none`]) {
      const { headers, body } = await h1('GET', path, { headers: { accept } });
      assert.equal(headers['content-type'], accept);
      assert.equal(body.subarray(0, 4).toString('latin1'), 'k8s\0');
    }
  });

  test('a list of thousands of pods arrives whole', async () => {
    await start();
    const made = json(
      await h1('POST', '/api/v1/namespaces/default/pods', { body: podYaml('p'), headers: yamlType }),
    );
    for (let i = 0; i < 3000; i++)
      await store.put(
        `/core/pods/default/p${i}`,
        { ...made, metadata: { ...made.metadata, name: `p${i}` } },
        0,
      );
    assert.equal(json(await h1('GET', '/api/v1/pods')).items.length, 3001);
    assert.equal(json(await h2(http2(), 'GET', '/api/v1/pods')).items.length, 3001);
  });
});

describe('a watch', () => {
  test('over HTTP/1.1 tells each change at once, a line each', async () => {
    await start();
    const request = httpsRequest({ host: '127.0.0.1', port, path: `${maps}?watch=true`, agent });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    assert.equal(response.headers['content-type'], 'application/json');
    const lines = createInterface({ input: response })[Symbol.asyncIterator]();
    await h1('POST', maps, { body: '{metadata: {name: a}}', headers: yamlType });
    const added = JSON.parse((await lines.next()).value ?? '');
    assert.deepEqual([added.type, added.object.metadata.name], ['ADDED', 'a']);
    await h1('DELETE', `${maps}/a`);
    assert.equal(JSON.parse((await lines.next()).value ?? '').type, 'DELETED');
    request.destroy();
  });

  test('over HTTP/2: several on one connection, beside other requests', async () => {
    await start();
    const session = http2();
    const watches = [maps, '/api/v1/configmaps'].map((path) => {
      const stream = session.request({ ':path': `${path}?watch=true` });
      return createInterface({ input: stream })[Symbol.asyncIterator]();
    });
    for (const name of ['a', 'b']) await h2(session, 'POST', maps, `{metadata: {name: ${name}}}`);
    for (const lines of watches) {
      assert.equal(JSON.parse((await lines.next()).value ?? '').object.metadata.name, 'a');
      assert.equal(JSON.parse((await lines.next()).value ?? '').object.metadata.name, 'b');
    }
  });

  test('in protobuf frames each event with its length', async () => {
    await start();
    const stream = http2().request({
      ':path': `${maps}?watch=true`,
      accept: 'application/vnd.kubernetes.protobuf',
    });
    await h1('POST', maps, { body: '{metadata: {name: a}}', headers: yamlType });
    const [first] = (await once(stream, 'data')) as [Buffer];
    assert.equal(first.readUInt32BE(0), first.length - 4);
    const event = decodeProtobuf(first.subarray(4), 'meta/v1.WatchEvent') as {
      type: string;
      object: { metadata: { name: string } };
    };
    assert.deepEqual([event.type, event.object.metadata.name], ['ADDED', 'a']);
  });

  test('of a client that does not read is dropped, and the server goes on', async () => {
    await start({}, { stallMs: 100 });
    const stream = http2().request({ ':path': `${maps}?watch=true` });
    stream.on('error', () => {});
    await once(stream, 'response');
    stream.pause();
    const closed = once(stream, 'close');
    const data = { x: 'x'.repeat(200_000) };
    for (let i = 0; i < 20; i++)
      await store.put(`/core/configmaps/default/m${i}`, { metadata: { name: `m${i}` }, data } as never, 0);
    await closed;
    let bytes = 0;
    for (let chunk = stream.read(); chunk; chunk = stream.read()) bytes += chunk.length;
    assert.ok(bytes < 20 * 200_000);
    assert.equal((await h1('GET', `${maps}/m1`)).code, 200);
  });

  test('ends when the server closes', async () => {
    await start();
    const stream = http2().request({ ':path': `${maps}?watch=true` });
    await once(stream, 'response');
    stream.resume();
    const ended = once(stream, 'end');
    await server.close();
    await ended;
  });
});

describe('an upgrade', () => {
  const exec = '/api/v1/namespaces/default/pods/web/exec?command=sh';
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const request = httpsRequest({
      host: '127.0.0.1',
      port,
      path,
      agent,
      headers: { connection: 'Upgrade', upgrade: 'SPDY/3.1', ...headers },
    });
    request.end();
    return Promise.race([
      once(request, 'upgrade').then(([response, socket]) => ({
        code: response.statusCode as number,
        socket,
      })),
      once(request, 'response').then(([response]) => ({
        code: response.statusCode as number,
        socket: undefined,
      })),
    ]);
  };

  test('goes to who takes streams, after authorization', async () => {
    await start({
      upgrade: (request, socket) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: SPDY/3.1\r\n\r\n');
        socket.end(`${request.user.name} ${request.query.get('command')}`);
      },
    });
    const { code, socket } = await ask(exec);
    assert.equal(code, 101);
    const [said] = (await once(socket, 'data')) as [Buffer];
    assert.equal(said.toString(), 'jane sh');
  });

  test('that only reads is for who may read', async () => {
    await start({
      upgrade: (_, socket) => void socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'),
    });
    const log = '/api/v1/namespaces/default/pods/web/log';
    assert.equal((await ask(log, { authorization: 'Bearer reader' })).code, 101);
  });

  test('is refused to who may only read, to nobody, and for other paths', async () => {
    await start({ upgrade: () => assert.fail('not allowed') });
    assert.equal((await ask(exec, { authorization: 'Bearer reader' })).code, 403);
    assert.equal((await ask(exec, { authorization: 'Bearer wrong' })).code, 401);
    assert.equal((await ask(maps)).code, 404);
  });
});
