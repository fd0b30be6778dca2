import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { movesIn, type Situation } from './decide.ts';
import { holderOf } from './election.ts';

const address = '172.30.15.1';
const both = [
  { name: 'a', goodFor: 1 },
  { name: 'b', goodFor: 1 },
];
const holder = holderOf(address, both) ?? '';
const loser = holder === 'a' ? 'b' : 'a';

const moves = (situation: Partial<Situation>) => {
  const { take, giveUp } = movesIn({
    nodeName: holder,
    wanted: new Map([[address, both]]),
    held: new Set(),
    says: () => false,
    knowsOthers: true,
    ...situation,
  });
  return [...take.map((ip) => `take ${ip}`), ...giveUp.map((ip) => `give up ${ip}`)];
};

describe('a node', () => {
  test('takes what is its own to hold', () => assert.deepEqual(moves({}), [`take ${address}`]));

  test('takes nothing that is another’s', () => assert.deepEqual(moves({ nodeName: loser }), []));

  test('does nothing about what it holds and should hold', () =>
    assert.deepEqual(moves({ held: new Set([address]) }), []));

  test('keeps what is to be another’s until that one says that it has it', () => {
    const before = { nodeName: loser, held: new Set([address]) };
    assert.deepEqual(moves(before), []);
    assert.deepEqual(moves({ ...before, says: (node) => node === loser }), []);
    assert.deepEqual(moves({ ...before, says: (node) => node === holder }), [`give up ${address}`]);
  });

  test('gives up at once what no Service has, and what nobody may hold', () => {
    const held = new Set([address]);
    assert.deepEqual(moves({ held, wanted: new Map() }), [`give up ${address}`]);
    assert.deepEqual(moves({ held, wanted: new Map([[address, []]]) }), [`give up ${address}`]);
  });

  test('waits until it knows who else is there, but not with what no Service has', () => {
    assert.deepEqual(moves({ knowsOthers: false }), []);
    assert.deepEqual(moves({ knowsOthers: false, held: new Set(['172.30.15.9']) }), ['give up 172.30.15.9']);
  });
});
