import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { describe, test } from 'node:test';
import { TestInformer } from '../../../test/support/informer.ts';
import type { Node, Service } from '../../api/types.ts';
import { systemClock } from '../../lib/clock.ts';
import { freePort } from '../../lib/testing/freePort.ts';
import { dialer } from './dial.ts';
import { desiredListeners, type Listener } from './listeners.ts';
import { addressesOf } from './nodes.ts';
import { followPorts } from './ports.ts';
import { relayTcp } from './tcp.ts';
import { relayUdp } from './udp.ts';

const service = (type: string, ...ports: { nodePort?: number; protocol?: string }[]): Service => ({
  metadata: { name: 'web', namespace: 'default' },
  spec: { type, ports: ports.map((p) => ({ port: 80, ...p })) },
});

interface Balancer {
  name: string;
  ips: string[];
  ports: { port: number; protocol?: string; nodePort?: number }[];
  second?: number;
}

const balancer = ({ name, ips, ports, second = 0 }: Balancer): Service => ({
  metadata: { name, namespace: 'default', creationTimestamp: `2026-01-01T00:00:0${second}Z` },
  spec: { type: 'LoadBalancer', ports },
  status: { loadBalancer: { ingress: ips.map((ip) => ({ ip })) } },
});

describe('the relay listens', () => {
  const listens = (...services: Service[]) =>
    [...desiredListeners(services).wanted].map(([name, l]) => `${name} ${l.address ?? 'nodes'}`);

  test('on every node port under its own number, for each protocol', () =>
    assert.deepEqual(
      listens(
        service('NodePort', { nodePort: 30080 }, { nodePort: 30053, protocol: 'UDP' }),
        service('LoadBalancer', { nodePort: 31000 }),
      ),
      ['TCP/30080 nodes', 'UDP/30053 nodes', 'TCP/31000 nodes'],
    ));

  test('on nothing for Services without node ports, and not for SCTP', () =>
    assert.deepEqual(
      listens(service('ClusterIP', {}), service('NodePort', { nodePort: 30000, protocol: 'SCTP' })),
      [],
    ));

  test('on the ports of a load balancer that has an address: of IPv4, if it has one', () =>
    assert.deepEqual(
      listens(
        balancer({
          name: 'dns',
          ips: ['fd30::f:1', '172.30.15.1'],
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, nodePort: 30053 },
          ],
        }),
        balancer({ name: 'six', ips: ['fd30:0::f:2'], ports: [{ port: 80 }] }),
        balancer({ name: 'none', ips: [], ports: [{ port: 81 }] }),
      ),
      ['TCP/30053 nodes', 'UDP/53 172.30.15.1', 'TCP/53 172.30.15.1', 'TCP/80 fd30::f:2'],
    ));

  test('for the older of two load balancers with one port, and says which is left out', () => {
    const { wanted, leftOut } = desiredListeners([
      balancer({ name: 'new', ips: ['172.30.15.2'], ports: [{ port: 80 }, { port: 81 }], second: 2 }),
      balancer({ name: 'old', ips: ['172.30.15.1'], ports: [{ port: 80 }], second: 1 }),
    ]);
    assert.deepEqual(
      Array.from(wanted.values(), ({ service, port }) => `${service} ${port}`),
      ['default/old 80', 'default/new 81'],
    );
    assert.deepEqual(
      leftOut.map((l) => `${l.listener.service} ${l.listener.port} for ${l.for}`),
      ['default/new 80 for default/old'],
    );
  });

  test('for a younger load balancer before one that yields', () => {
    const yields = { 'switchboard.dev/yields-host-ports': 'true' };
    const old = balancer({
      name: 'old',
      ips: ['172.30.15.1'],
      ports: [{ port: 80 }, { port: 443 }],
      second: 1,
    });
    const { wanted } = desiredListeners([
      { ...old, metadata: { ...old.metadata, annotations: yields } },
      balancer({ name: 'new', ips: ['172.30.15.2'], ports: [{ port: 80 }], second: 2 }),
    ]);
    assert.deepEqual(
      Array.from(wanted.values(), ({ service, port }) => `${service} ${port}`),
      ['default/new 80', 'default/old 443'],
    );
  });

  test('for nobody on the port of the API, and for a node port before a load balancer', () => {
    const { wanted, leftOut } = desiredListeners([
      balancer({ name: 'api', ips: ['172.30.15.1'], ports: [{ port: 6443 }, { port: 30080 }] }),
      service('NodePort', { nodePort: 30080 }),
    ]);
    assert.deepEqual(
      Array.from(wanted.values(), (l) => `${l.service} ${l.port}`),
      ['default/web 30080'],
    );
    assert.deepEqual(
      leftOut.map((l) => `${l.listener.port} for ${l.for}`),
      ['6443 for the API', '30080 for default/web'],
    );
  });
});

describe('a port of the host', () => {
  const web = (second: number, ip = '172.30.15.1') =>
    balancer({ name: `web-${second}`, ips: [ip], ports: [{ port: 80 }], second });
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  test('is opened once, follows its Service to another address, and is closed with the last that wants it', async () => {
    const services = new TestInformer<Service>();
    const events: string[] = [];
    let now = (): Listener | undefined => undefined;
    followPorts(services, async (listener, current) => {
      events.push(`opened for ${listener.service}`);
      now = current;
      return { close: () => void events.push('closed') };
    });
    services.put(web(1));
    services.put(web(2, '172.30.15.2'));
    await turn();
    assert.equal(now()?.address, '172.30.15.1');
    services.delete('default/web-1');
    await turn();
    assert.equal(now()?.address, '172.30.15.2');
    services.delete('default/web-2');
    await turn();
    await turn();
    assert.deepEqual(events, ['opened for default/web-1', 'closed']);
  });

  test('that is taken is tried again when a Service changes, and keeps nobody else from theirs', async () => {
    const services = new TestInformer<Service>();
    let isTaken = true;
    const opened: number[] = [];
    followPorts(services, async ({ port }) => {
      if (port === 80 && isTaken) throw new Error('EADDRINUSE');
      opened.push(port);
      return { close: () => {} };
    });
    services.put(web(1));
    services.put(balancer({ name: 'other', ips: ['172.30.15.2'], ports: [{ port: 81 }] }));
    await turn();
    assert.deepEqual(opened, [81]);
    await turn();
    isTaken = false;
    services.put(web(1));
    await turn();
    assert.deepEqual(opened, [81, 80]);
  });
});

describe('the relay dials nodes', () => {
  const node = (last: number, isReady: boolean): Node => ({
    metadata: { name: `node-${last}` },
    status: {
      conditions: [{ type: 'Ready', status: isReady ? 'True' : 'Unknown' }],
      addresses: [
        { type: 'InternalIP', address: `172.30.0.${last}` },
        { type: 'InternalIP', address: `fd30::${last}` },
        { type: 'Hostname', address: `node-${last}` },
      ],
    },
  });
  const made = ['172.30.0.2', 'fd30::2', '172.30.0.3', 'fd30::3'];

  test('over the family that a Service has first', () => {
    const [four, six] = [service('NodePort', { nodePort: 30000 }), service('NodePort', { nodePort: 30001 })];
    const withFamilies = (one: Service, ...ipFamilies: string[]): Service => ({
      ...one,
      spec: { ...one.spec, ipFamilies },
    });
    const { wanted } = desiredListeners([withFamilies(four, 'IPv4', 'IPv6'), withFamilies(six, 'IPv6')]);
    assert.deepEqual(
      Array.from(wanted.values(), ({ port, family }) => [port, family]),
      [
        [30000, 4],
        [30001, 6],
      ],
    );
  });

  test('that are Ready, at their addresses of that family', () => {
    const known = [node(2, false), node(3, true)];
    assert.deepEqual(addressesOf(known, made, 4), ['172.30.0.3']);
    assert.deepEqual(addressesOf(known, made, 6), ['fd30::3']);
  });

  test('that there are when none is Ready, and with which it was made when none is known', () => {
    assert.deepEqual(addressesOf([node(2, false), node(3, false)], [], 6), ['fd30::2', 'fd30::3']);
    assert.deepEqual(addressesOf([], made, 4), ['172.30.0.2', '172.30.0.3']);
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
