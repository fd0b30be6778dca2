import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeContext, query, setUpFrom } from '../../testing/context.ts';
import { zoneText } from '../../testing/zone.ts';
import { addressRecord, cnameRecord, mxRecord, replyTo } from '../../wire/message.ts';
import { loadbalance } from './index.ts';

test('addresses come in an order of their own each time, and aliases before them as they were', async () => {
  const answers = [
    cnameRecord('a.', 5, 'b.'),
    cnameRecord('b.', 5, 'c.'),
    ...['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((address) => addressRecord('c.', 5, address)),
  ];
  const order = async (random: number) => {
    const plugin = setUpFrom(loadbalance, 'loadbalance', fakeContext({ random: () => random }));
    const reply = await plugin.handle?.(query('a.'), ({ message }) => ({ ...replyTo(message), answers }));
    return reply ? zoneText(reply) : [];
  };
  const [first, second, ...addresses] = await order(0);
  assert.deepEqual([first, second], ['a. 5 CNAME b.', 'b. 5 CNAME c.']);
  assert.deepEqual(addresses, ['c. 5 A 10.0.0.2', 'c. 5 A 10.0.0.3', 'c. 5 A 10.0.0.1']);
  assert.notDeepEqual((await order(0.9)).slice(2), addresses);
});

test('so do the hosts that take mail', async () => {
  const answers = ['b.', 'c.', 'd.'].map((host) => mxRecord('a.', 5, 10, host));
  const plugin = setUpFrom(loadbalance, 'loadbalance', fakeContext());
  const reply = await plugin.handle?.(query('a. MX'), ({ message }) => ({ ...replyTo(message), answers }));
  assert.deepEqual(reply && zoneText(reply), ['a. 5 MX 10 c.', 'a. 5 MX 10 d.', 'a. 5 MX 10 b.']);
});

test('another policy is refused', () => {
  assert.throws(
    () => setUpFrom(loadbalance, 'loadbalance weighted', fakeContext()),
    /Corefile:2: loadbalance: policy weighted is not supported; use round_robin/,
  );
});
