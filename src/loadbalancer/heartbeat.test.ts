import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeHeartbeat, encodeHeartbeat } from './heartbeat.ts';

test('a heartbeat is text that a person can read off the wire', () => {
  const held = new Set(['172.30.15.1', 'fd30::f:1']);
  assert.equal(
    encodeHeartbeat({ seesCluster: true, held }).toString(),
    'switchboard heartbeat\n172.30.15.1\nfd30::f:1',
  );
  assert.equal(
    encodeHeartbeat({ seesCluster: false, held: new Set() }).toString(),
    'switchboard heartbeat, blind',
  );
});

test('what one node writes the other reads', () => {
  for (const seesCluster of [true, false])
    for (const held of [[], ['172.30.15.1'], ['172.30.15.1', 'fd30::f:1']]) {
      const heartbeat = { seesCluster, held: new Set(held) };
      assert.deepEqual(decodeHeartbeat(encodeHeartbeat(heartbeat)), heartbeat);
    }
});

test('what is no heartbeat is none', () => {
  for (const text of [
    '',
    'hello',
    'switchboard heartbeat\n',
    'switchboard heartbeat\nnowhere',
    'switchboard heartbeat ',
  ])
    assert.equal(decodeHeartbeat(Buffer.from(text)), undefined, JSON.stringify(text));
});

test('however much a node holds, it fits into a datagram', () => {
  const long = Array.from(
    { length: 5_000 },
    (_, n) => `fd30:1111:2222:3333:4444:5555:6666:${(0x1000 + n).toString(16)}`,
  );
  const datagram = encodeHeartbeat({ seesCluster: true, held: new Set(long) });
  assert.ok(datagram.length <= 65_507, `${datagram.length} bytes`);
  assert.ok(decodeHeartbeat(datagram));
});
