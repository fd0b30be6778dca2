import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { addAddress } from './addresses.ts';
import { dumpUdpFlows } from './conntrack.ts';
import { addVeth, setLink } from './links.ts';
import { decodeAttributes, decodeMessages, encodeAttributes, encodeRequest, textOf } from './message.ts';
import { addNeighbour } from './neighbours.ts';
import { decodeRoute, replaceRoute } from './routes.ts';

const hex = (bytes: Uint8Array) =>
  Buffer.from(bytes)
    .toString('hex')
    .replace(/.{8}(?=.)/g, '$& ');

describe('netlink messages', () => {
  test('a link is set up by a header and an ifinfomsg', () => {
    assert.equal(
      hex(encodeRequest(setLink(7, { up: true }), 1)),
      '20000000 10000100 01000000 00000000 00000000 07000000 01000000 01000000',
    );
  });

  test('an IPv6 address is added without duplicate address detection', () => {
    const bytes = encodeRequest(addAddress({ link: 2, address: 'fd44::5', prefix: 128 }), 9);
    assert.equal(
      hex(bytes.subarray(16)),
      [
        '0a800000 02000000',
        '14000200 fd440000 00000000 00000000 00000005',
        '14000100 fd440000 00000000 00000000 00000005',
        '08000800 02000000',
      ].join(' '),
    );
  });

  test('a gateway that stands in no range is onlink', () => {
    const { fixed } = replaceRoute({ destination: '0.0.0.0/0', gateway: '169.254.1.1', link: 2 });
    assert.equal(hex(fixed), '02000000 feb70001 04000000');
  });

  test('what is encoded as a route is decoded as the same', () => {
    const route = { destination: '10.244.1.0/24', gateway: '172.30.0.3', link: 4, source: '172.30.0.2' };
    const bytes = encodeRequest(replaceRoute(route), 1);
    assert.deepEqual(decodeRoute(bytes.subarray(16)), route);
  });

  test('a neighbour is permanent', () => {
    const { fixed } = addNeighbour({ link: 3, address: '169.254.1.1', mac: 'ee:ee:ee:ee:ee:ee' });
    assert.equal(hex(fixed), '02000000 03000000 80000000');
  });

  test('the peer of a veth pair is made in its own namespace', () => {
    const { attributes } = addVeth({ name: 'eth0', index: 2 }, { name: 'veth1' }, 17);
    const info = decodeAttributes(encodeAttributes(attributes)).get(18);
    const data = info && decodeAttributes(info).get(2);
    const peer = data && decodeAttributes(data).get(1);
    const ofPeer = decodeAttributes(peer?.subarray(16) ?? Buffer.alloc(0));
    assert.equal(textOf(ofPeer.get(3)), 'veth1');
    assert.equal(ofPeer.get(28)?.readUInt32LE(0), 17);
  });

  test('tracked flows are chosen by the kernel: by protocol and original port', () => {
    const { attributes } = dumpUdpFlows({ family: 4, originalPort: 53 });
    assert.equal(
      hex(encodeAttributes(attributes)),
      '18000180 14000280 05000100 11000000 06000300 00350000 0c001980 08000100 28000000',
    );
  });

  test('any attributes come back as they were', () => {
    const attribute = fc.tuple(fc.integer({ min: 1, max: 0x3fff }), fc.uint8Array({ maxLength: 40 }));
    const list = fc.uniqueArray(attribute, { selector: ([type]) => type });
    fc.assert(
      fc.property(list, (attributes) => {
        const decoded = decodeAttributes(encodeAttributes(attributes));
        assert.deepEqual(
          Array.from(decoded, ([type, value]) => [type, hex(value)]),
          attributes.map(([type, value]) => [type, hex(value)]),
        );
      }),
    );
  });

  test('a message that says more than there is, is refused', () => {
    const bytes = encodeRequest(setLink(7, { up: true }), 1);
    assert.throws(() => decodeMessages(bytes.subarray(0, 24)), /it says 32 bytes of 24/);
    assert.throws(() => decodeAttributes(Buffer.from('ff000100', 'hex')), /it says 255 bytes of 4/);
  });
});
