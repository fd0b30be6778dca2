import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { describe, test } from 'node:test';
import type { Service } from '../../api/types.ts';
import { systemClock } from '../../lib/clock.ts';
import { dialer } from './dial.ts';
import { desiredListeners } from './listeners.ts';
import { relayTcp } from './tcp.ts';
import { relayUdp } from './udp.ts';

const service = (type: string, ...ports: { nodePort?: number; protocol?: string }[]): Service => ({
  metadata: { name: 'web', namespace: 'default' },
  spec: { type, ports: ports.map((p) => ({ port: 80, ...p })) },
});

async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as net.AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

describe('the relay listens', () => {
  test('on every node port under its own number, for each protocol', () => {
    const wanted = desiredListeners([
      service('NodePort', { nodePort: 30080 }, { nodePort: 30053, protocol: 'UDP' }),
      service('LoadBalancer', { nodePort: 31000 }),
    ]);
    assert.deepEqual([...wanted.keys()], ['TCP/30080', 'UDP/30053', 'TCP/31000']);
  });

  test('on nothing for Services without node ports, and not for SCTP', () => {
    const services = [service('ClusterIP', {}), service('NodePort', { nodePort: 30000, protocol: 'SCTP' })];
    assert.equal(desiredListeners(services).size, 0);
  });
});

describe('the relay dials', () => {
  const unreachable = Object.assign(new Error('no route'), { code: 'EHOSTUNREACH' });
  const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });

  test('the next node when one does not answer, and that one last from then on', async () => {
    const tried: string[] = [];
    const dial = dialer(['a', 'b'], (address) => {
      tried.push(address);
      return address === 'a' ? Promise.reject(unreachable) : Promise.resolve(new net.Socket());
    });
    await dial.dial(80);
    await dial.dial(80);
    assert.deepEqual(tried, ['a', 'b', 'b']);
  });

  test('nobody else when a node refuses: that is an answer', async () => {
    const tried: string[] = [];
    const dial = dialer(['a', 'b'], (address) => {
      tried.push(address);
      return Promise.reject(refused);
    });
    await assert.rejects(dial.dial(80), /refused/);
    assert.deepEqual(tried, ['a']);
  });
});

describe('the relay carries', () => {
  test('TCP both ways, byte for byte, each half closed on its own', async () => {
    const target = net
      .createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket))
      .listen(0, '127.0.0.1');
    await once(target, 'listening');
    const port = await freePort();
    const relay = await relayTcp({
      host: '127.0.0.1',
      port,
      dial: async () => {
        const { port: to } = target.address() as net.AddressInfo;
        const socket = net.connect({ port: to, host: '127.0.0.1', allowHalfOpen: true });
        await once(socket, 'connect');
        return socket;
      },
    });
    const client = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const sent = Buffer.alloc(1_000_000, 'switchboard');
    client.end(sent);
    const chunks: Buffer[] = [];
    for await (const chunk of client) chunks.push(chunk as Buffer);
    assert.ok(Buffer.concat(chunks).equals(sent));
    relay.close();
    target.close();
  });

  test('a refused connection as a reset, so that the client hears it at once', async () => {
    const port = await freePort();
    const relay = await relayTcp({
      host: '127.0.0.1',
      port,
      dial: () => Promise.reject(new Error('refused')),
    });
    const client = net.connect(port, '127.0.0.1');
    const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNRESET');
    relay.close();
  });

  test('UDP there and back, each client from a socket of its own', async () => {
    const target = dgram.createSocket('udp4');
    target.on('message', (message, from) =>
      target.send(`${message.toString()} from ${from.port}`, from.port, from.address),
    );
    target.bind(0, '127.0.0.1');
    await once(target, 'listening');
    const port = await freePort();
    const relay = await relayUdp({
      host: '127.0.0.1',
      port,
      clock: systemClock,
      open: () => dgram.createSocket('udp4'),
      target: () => ({ address: '127.0.0.1', port: target.address().port }),
    });
    const ask = async () => {
      const client = dgram.createSocket('udp4');
      client.send('hello', port, '127.0.0.1');
      const [message] = (await once(client, 'message')) as [Buffer];
      client.close();
      return message.toString();
    };
    const [first, second] = await Promise.all([ask(), ask()]);
    assert.match(first, /^hello from \d+$/);
    assert.notEqual(first, second);
    relay.close();
    target.close();
  });

  test('nothing when the port is taken: the caller hears why', async () => {
    const taken = net.createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as net.AddressInfo;
    await assert.rejects(
      relayTcp({ host: '127.0.0.1', port, dial: () => Promise.reject(new Error()) }),
      /EADDRINUSE/,
    );
    taken.close();
  });
});
