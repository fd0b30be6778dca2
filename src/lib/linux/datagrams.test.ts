import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { test } from 'node:test';
import { datagramsOf } from './datagrams.ts';
import { koffi } from './libc.ts';
import { socketIn } from './sockets.ts';

const loopback = { 4: '127.0.0.1', 6: '::1' } as const;

for (const family of [4, 6] as const)
  test(`IPv${family} datagrams are taken in batches, and each answer goes to who asked`, async (t) => {
    const fd = socketIn(undefined, { type: 'udp', family, bind: { address: loopback[family], port: 0 } });
    t.after(() => closeSync(fd));
    const datagrams = datagramsOf(fd, 8, 512);
    assert.equal(datagrams.receive(), 0, 'nothing waits yet');
    const port = portOf(fd);
    const clients = Array.from({ length: 3 }, () => createSocket(family === 4 ? 'udp4' : 'udp6'));
    t.after(() => clients.map((client) => client.close()));
    const replies = clients.map(async (client, i) => {
      client.send(`question ${i}`, port, loopback[family]);
      const [reply] = await once(client, 'message');
      return String(reply);
    });
    for (let taken = 0; taken < 3; await new Promise(setImmediate)) {
      const count = datagrams.receive();
      for (let i = 0; i < count; i++) {
        const from = i * datagrams.size;
        const text = datagrams.received.toString('latin1', from, from + datagrams.lengthOf(i));
        assert.equal(datagrams.sourceOf(i).readUInt16LE(0), family === 4 ? 2 : 10);
        const length = datagrams.sent.write(`answer to ${text}`, i * datagrams.size);
        datagrams.reply(i, i, length);
      }
      datagrams.send(count);
      taken += count;
    }
    assert.deepEqual(
      await Promise.all(replies),
      [0, 1, 2].map((i) => `answer to question ${i}`),
    );
  });

test('an answer that cannot be sent does not keep the others back', async (t) => {
  const fd = socketIn(undefined, { type: 'udp', family: 4, bind: { address: '127.0.0.1', port: 0 } });
  t.after(() => closeSync(fd));
  const datagrams = datagramsOf(fd, 8, 70_000);
  const client = createSocket('udp4');
  t.after(() => client.close());
  const heard = once(client, 'message');
  for (let i = 0; i < 2; i++) client.send('q', portOf(fd), '127.0.0.1');
  let count = 0;
  while (count < 2) {
    // Both must be in one batch, so that the first one stands before the second.
    await new Promise((resolve) => setTimeout(resolve, 20));
    count = datagrams.receive();
  }
  datagrams.reply(0, 0, 70_000);
  datagrams.sent.write('fits', datagrams.size);
  datagrams.reply(1, 1, 4);
  datagrams.send(2);
  const [reply] = await heard;
  assert.equal(String(reply), 'fits');
});

function portOf(fd: number): number {
  const getsockname = koffi()
    .load('libc.so.6')
    .func('int getsockname(int fd, void *address, void *length)') as (...args: unknown[]) => number;
  const address = Buffer.alloc(28);
  assert.equal(getsockname(fd, address, Buffer.from(Uint32Array.of(28).buffer)), 0);
  return address.readUInt16BE(2);
}
