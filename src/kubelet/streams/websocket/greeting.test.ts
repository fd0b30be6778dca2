import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import type { WebSocket } from 'ws';
import { untilItReads } from './greeting.ts';

beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
afterEach(() => mock.timers.reset());

/** A client that was pinged, and whether it was found to read. */
async function pinged() {
  let pings = 0;
  const socket = Object.assign(new EventEmitter(), { ping: () => pings++ });
  let reads = false;
  const greeted = untilItReads(socket as unknown as WebSocket).then(() => (reads = true));
  const settled = async () => {
    await new Promise(setImmediate);
    return reads;
  };
  assert.deepEqual([pings, await settled()], [1, false]);
  return { socket, greeted, settled };
}

describe('a client that is pinged', () => {
  test('reads when it answers, or is gone', async () => {
    for (const event of ['pong', 'close']) {
      const { socket, greeted } = await pinged();
      socket.emit(event);
      await greeted;
      assert.equal(socket.listenerCount('pong') + socket.listenerCount('close'), 0);
    }
  });

  test('and does not answer is not waited for any longer after a tenth of a second', async () => {
    const { greeted, settled } = await pinged();
    mock.timers.tick(99);
    assert.equal(await settled(), false);
    mock.timers.tick(1);
    await greeted;
  });
});
