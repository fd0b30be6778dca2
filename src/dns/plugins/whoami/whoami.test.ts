import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeContext, handleOf, query, refused, setUpFrom } from '../../testing/context.ts';
import { zoneText } from '../../testing/zone.ts';
import { encodeMessage } from '../../wire/encode.ts';
import { whoami } from './index.ts';

test('the client is told its own address, port and protocol', async () => {
  const handle = handleOf(setUpFrom(whoami, 'whoami', fakeContext()));
  const reply = await handle(query('Example.org.', { address: 'fd44::9', protocol: 'tcp' }), refused);
  assert.equal(reply.authoritative, true);
  assert.deepEqual(zoneText(reply), [
    '; additional',
    'Example.org. 0 AAAA fd44::9',
    '_tcp.Example.org. 0 SRV 0 0 40000 .',
  ]);
  assert.ok(encodeMessage(await handle(query('.'), refused)).length > 12);
});
