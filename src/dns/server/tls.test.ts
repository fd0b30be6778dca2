import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import tls from 'node:tls';
import packet from 'dns-packet';
import {
  createAuthority,
  issueClientCertificate,
  issueServerCertificate,
} from '../../lib/pki/certificate.ts';
import type { Next, TlsOptions } from '../contract.ts';
import { certificate } from '../testing/certificate.ts';
import { addressRecord, replyTo } from '../wire/message.ts';
import type { Listener } from './listener.ts';
import { listenTcp, splitter } from './tcp.ts';

const answer: Next = ({ message, question, client }) => ({
  ...replyTo(message),
  answers: [addressRecord(question.name, 5, client.protocol === 'tcp' ? '10.0.0.1' : '10.0.0.2')],
});

const closing: (() => unknown)[] = [];
after(() => Promise.all(closing.map((close) => close())));

describe('DNS over TLS', () => {
  let listener: Listener;
  let ca = '';
  const filesOf = async (name: string) => {
    const made = await certificate([name]);
    closing.push(() => rmSync(made.directory, { recursive: true }));
    const [cert, key, authority] = [made.cert, made.key, made.ca].map((file) => readFileSync(file, 'utf8'));
    return { cert: cert ?? '', key: key ?? '', ca: authority ?? '' };
  };
  before(async () => {
    const own = await filesOf('dns.example');
    ca = own.ca;
    listener = await listenTcp(0, answer, { tls: { cert: own.cert, key: own.key } });
    closing.push(() => listener.close());
  });

  const connect = async (authority: string, servername: string) => {
    const socket = tls.connect({ host: '127.0.0.1', port: listener.port, ca: authority, servername });
    closing.push(() => socket.destroy());
    await once(socket, 'secureConnect');
    return socket;
  };

  test('answers several questions of one connection', async () => {
    const socket = await connect(ca, 'dns.example');
    for (const id of [1, 2, 3]) {
      const bytes = packet.encode({ type: 'query', id, questions: [{ name: 'a.example', type: 'A' }] });
      socket.write(Buffer.concat([Buffer.of(0, bytes.length), bytes]));
    }
    const split = splitter();
    const ids: (number | undefined)[] = [];
    for await (const chunk of socket) {
      for (const bytes of split(chunk as Buffer)) ids.push(packet.decode(bytes).id);
      if (ids.length === 3) break;
    }
    assert.deepEqual(ids, [1, 2, 3]);
  });
  test('shows a new certificate without another socket', async () => {
    const next = await filesOf('other.example');
    listener.useTls?.({ cert: next.cert, key: next.key });
    await connect(next.ca, 'other.example');
    await assert.rejects(connect(ca, 'dns.example'));
  });
  test('does not answer who speaks plainly', async () => {
    const socket = net.connect(listener.port, '127.0.0.1').on('error', () => {});
    closing.push(() => socket.destroy());
    socket.write(Buffer.alloc(64));
    await once(socket, 'close');
  });
});

test('a client shows what is asked of it, or is not heard', async () => {
  const nowMs = Date.now();
  const [authority, stranger] = await Promise.all(
    ['ours', 'theirs'].map((commonName) => createAuthority({ commonName, nowMs })),
  );
  assert.ok(authority && stranger);
  const own = await issueServerCertificate(authority, {
    commonName: 'dns',
    ipAddresses: ['127.0.0.1'],
    nowMs,
  });
  const [true_, false_] = await Promise.all(
    [authority, stranger].map((by) => issueClientCertificate(by, { commonName: 'me', nowMs })),
  );
  const shown = { none: undefined, true: true_, false: false_ };
  const heard = async (clientMust: TlsOptions['clientMust']) => {
    const listener = await listenTcp(0, answer, {
      tls: {
        ...{ cert: own.certificate, key: own.privateKey, ca: authority.certificate },
        ...{ requestCert: true, rejectUnauthorized: false },
        ...(clientMust && { clientMust }),
      },
    });
    closing.push(() => listener.close());
    const found: string[] = [];
    for (const [name, pair] of Object.entries(shown)) {
      const socket = tls.connect({
        ...{ host: '127.0.0.1', port: listener.port, ca: authority.certificate },
        ...(pair && { cert: pair.certificate, key: pair.privateKey }),
      });
      socket.on('error', () => {});
      const bytes = packet.encode({ type: 'query', id: 1, questions: [{ name: 'a.example', type: 'A' }] });
      socket.write(Buffer.concat([Buffer.of(0, bytes.length), bytes]));
      const isHeard = await Promise.race([
        once(socket, 'data').then(() => true),
        once(socket, 'close').then(() => false),
      ]).catch(() => false);
      if (isHeard) found.push(name);
      socket.destroy();
    }
    return found;
  };
  assert.deepEqual(await heard(undefined), ['none', 'true', 'false']);
  assert.deepEqual(await heard('show one'), ['true', 'false']);
  assert.deepEqual(await heard('show a true one or none'), ['none', 'true']);
});

test('a client that asks more than is answered is read no further', async () => {
  let asked = 0;
  const pending: (() => void)[] = [];
  const slow: Next = (query) =>
    new Promise((resolve) => {
      asked++;
      pending.push(() => resolve(answer(query)));
    });
  const listener = await listenTcp(0, slow, { mostUnderWay: 5 });
  closing.push(() => listener.close());
  const socket = net.connect(listener.port, '127.0.0.1');
  closing.push(() => socket.destroy());
  const bytes = packet.encode({ type: 'query', id: 1, questions: [{ name: 'a.example', type: 'A' }] });
  const framed = Buffer.concat([Buffer.of(0, bytes.length), bytes]);
  // Each comes by itself, so that there is something not to read.
  for (let i = 0; i < 20; i++) {
    socket.write(framed);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  assert.ok(asked < 20, `${asked} are under way`);
  const split = splitter();
  let answers = 0;
  socket.on('data', (chunk: Buffer) => {
    answers += split(chunk).length;
  });
  while (answers < 20) {
    for (const finish of pending.splice(0)) finish();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  assert.equal(asked, 20);
});
