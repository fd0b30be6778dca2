import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Nft } from '../nft/contract.ts';
import { recall } from './affinity.ts';

/** A kernel that has these elements in its maps, and no other map. */
function kernelWith(maps: Record<string, unknown[]>): Nft & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    run: async () => {},
    close: async () => {},
    async list(what) {
      const name = what.split(' ').at(-1) ?? '';
      asked.push(name);
      if (!maps[name]) throw new Error('No such file or directory');
      return { nftables: [{ metainfo: {} }, { map: { name, elem: maps[name] } }] };
    },
  };
}
const client = (...concat: (string | number)[]) => ({ elem: { val: { concat }, timeout: 60, expires: 41 } });

describe('what clients were given', () => {
  test('is read with the time that is left, and where the endpoints stand', async () => {
    const kernel = kernelWith({
      affinity4: [[client('10.244.0.9', '10.96.0.20', 'tcp', 80), 0x20001]],
      affinity6: [[{ elem: { val: 77, timeout: 60, expires: 0 } }, 0x20009]],
      endpoints4: [
        [{ concat: ['10.96.0.20', 'tcp', 80, 0x20001] }, { concat: ['10.244.1.5', 8080] }],
        [{ concat: ['10.96.0.20', 'tcp', 80, 0x20007] }, { concat: ['10.244.0.5', 8080] }],
        [{ concat: ['10.96.0.21', 'tcp', 80, 0] }, { concat: ['10.244.0.6', 8080] }],
      ],
      'node-port-endpoints4': [[{ concat: ['tcp', 30080, 0x60003] }, { concat: ['10.244.0.5', 8080] }]],
    });
    const { commands, numbers, next } = await recall(kernel);
    assert.deepEqual(commands, [
      'add element inet switchboard-proxy affinity4 { 10.244.0.9 . 10.96.0.20 . tcp . 80 timeout 60s expires 41s : 131073 }',
      'add element inet switchboard-proxy affinity6 { 77 timeout 60s expires 1s : 131081 }',
    ]);
    assert.deepEqual(Object.fromEntries(numbers), {
      'service4 10.96.0.20 . tcp . 80': new Map([
        ['10.244.1.5 . 8080', 1],
        ['10.244.0.5 . 8080', 7],
      ]),
      'inside-node-port4 tcp . 30080': new Map([['10.244.0.5 . 8080', 3]]),
    });
    assert.equal(next, 10);
  });

  test('is nothing before the first start, and where nobody was given anything the endpoints are not read', async () => {
    assert.deepEqual((await recall(kernelWith({}))).commands, []);
    const kernel = kernelWith({ affinity4: [], endpoints4: [] });
    assert.deepEqual((await recall(kernel)).commands, []);
    assert.deepEqual(kernel.asked, ['affinity4', 'affinity6']);
  });
});
