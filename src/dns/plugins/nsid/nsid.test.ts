import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerPacket } from '../../server/answer.ts';
import { fakeContext, handleOf, query, refused, setUpFrom } from '../../testing/context.ts';
import { decodeMessage } from '../../wire/decode.ts';
import { encodeMessage } from '../../wire/encode.ts';
import { nsid } from './index.ts';

test('the server names itself to those who ask for it, and only to them', async () => {
  const handle = handleOf(setUpFrom(nsid, 'nsid server one', fakeContext()));
  const optionsFor = async (options: { code: number; data: Uint8Array }[]) => {
    const { message } = query('a.');
    const edns = { udpSize: 1232, version: 0, dnssecOk: false, options };
    const client = { address: '10.0.0.1', port: 1, protocol: 'udp' } as const;
    const bytes = await answerPacket(encodeMessage({ ...message, edns }), client, (q) => handle(q, refused));
    return (
      bytes && decodeMessage(bytes).edns?.options.map(({ code, data }) => `${code} ${Buffer.from(data)}`)
    );
  };
  assert.deepEqual(await optionsFor([{ code: 3, data: Buffer.of() }]), ['3 server one']);
  assert.deepEqual(await optionsFor([]), []);
  const cookie = { code: 10, data: Buffer.alloc(8) };
  assert.deepEqual(await optionsFor([cookie]), [], 'a cookie is ignored (RFC 7873 section 5.2.1)');
});
