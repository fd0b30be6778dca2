import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { socketIn } from './sockets.ts';

const loopback = { 4: '127.0.0.1', 6: '::1' } as const;

for (const family of [4, 6] as const)
  test(`an IPv${family} socket that stays on its link hears nothing that a router could have sent on`, async (t) => {
    const bind = { address: loopback[family], port: 0 };
    const server = createSocket(`udp${family}`);
    const listening = once(server, 'listening');
    server.bind({ fd: socketIn(undefined, { type: 'udp', family, bind, onLink: 'lo' }) });
    await listening;
    const client = createSocket(`udp${family}`);
    t.after(() => [server, client].map((socket) => socket.close()));
    client.bind(0, loopback[family]);
    await once(client, 'listening');
    const heard: string[] = [];
    const last = new Promise<void>((resolve) =>
      server.on('message', (message) => {
        heard.push(message.toString());
        if (message.toString() === 'last') resolve();
      }),
    );
    for (const [hops, text] of [
      [64, 'far'],
      [254, 'one hop'],
      [255, 'near'],
      [255, 'last'],
    ] as const) {
      client.setTTL(hops);
      const sent = new Promise((resolve) =>
        client.send(text, server.address().port, loopback[family], resolve),
      );
      await sent;
    }
    await last;
    assert.deepEqual(heard, ['near', 'last']);
    const answer = once(client, 'message');
    server.send('answer', client.address().port, loopback[family]);
    assert.equal(String((await answer)[0]), 'answer');
  });

test('a link that is not there is refused', () =>
  assert.throws(
    () => socketIn(undefined, { type: 'udp', family: 4, onLink: 'nosuchlink' }),
    /Cannot keep a socket on its link: ENODEV/,
  ));
