import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EndpointSlice } from '../api/types.ts';
import { targetsOf } from './endpoints.ts';

interface Words {
  at: string;
  zones?: string[];
  nodes?: string[];
  is?: 'ready' | 'stopping' | 'gone';
}

/** One slice an endpoint. */
const slices = (...endpoints: Words[]): EndpointSlice[] =>
  endpoints.map(({ at, zones, nodes, is = 'ready' }, n) => ({
    metadata: { name: `s${n}`, namespace: 'default' },
    addressType: 'IPv4',
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
    endpoints: [
      {
        addresses: [at],
        conditions: { ready: is === 'ready', serving: is !== 'gone', terminating: is !== 'ready' },
        hints: {
          ...(zones && { forZones: zones.map((name) => ({ name })) }),
          ...(nodes && { forNodes: nodes.map((name) => ({ name })) }),
        },
      },
    ],
  }));

const here = { nodeName: 'node-1', zone: 'a', onlyLocal: false };
const chosen = (of: EndpointSlice[], place: Parameters<typeof targetsOf>[3] = here) =>
  targetsOf(of, 4, {}, place).map(({ address }) => address);

describe('endpoints with hints', () => {
  const [a, b, ab] = [
    { at: '10.0.0.1', zones: ['a'] },
    { at: '10.0.0.2', zones: ['b'] },
    { at: '10.0.0.3', zones: ['b', 'a'] },
  ];

  test('are those of this node’s zone', () => {
    assert.deepEqual(chosen(slices(a, b, ab)), ['10.0.0.1', '10.0.0.3']);
    assert.deepEqual(chosen(slices(a, b), { ...here, zone: 'b' }), ['10.0.0.2']);
  });

  test('are all when one has no hint, when none is for this zone, and on a node without a zone', () => {
    assert.deepEqual(chosen(slices(a, b, { at: '10.0.0.4' })), ['10.0.0.1', '10.0.0.2', '10.0.0.4']);
    assert.deepEqual(chosen(slices(a, b), { ...here, zone: 'c' }), ['10.0.0.1', '10.0.0.2']);
    assert.deepEqual(chosen(slices(a, b), { nodeName: 'node-1', onlyLocal: false }), [
      '10.0.0.1',
      '10.0.0.2',
    ]);
  });

  test('are those of this node where hints name nodes, and else those of its zone', () => {
    const [mine, other] = [
      { ...a, nodes: ['node-1'] },
      { ...ab, nodes: ['node-2'] },
    ];
    assert.deepEqual(chosen(slices(mine, other)), ['10.0.0.1']);
    assert.deepEqual(chosen(slices({ ...b, nodes: ['node-3'] }, other)), ['10.0.0.3']);
  });

  test('that are not ready do not speak for the others', () => {
    assert.deepEqual(chosen(slices(a, { at: '10.0.0.4', is: 'stopping' })), ['10.0.0.1']);
    assert.deepEqual(chosen(slices(b, { ...a, is: 'stopping' })), ['10.0.0.2']);
    assert.deepEqual(chosen(slices({ ...a, is: 'stopping' }, { ...b, is: 'gone' })), ['10.0.0.1']);
  });
});
