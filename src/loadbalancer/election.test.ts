import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Candidate, holderOf } from './election.ts';

const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}-[0-9]{1,2}$/), { minLength: 1, maxLength: 12 });
const address = fc.oneof(
  fc.ipV4(),
  fc.integer({ min: 1, max: 0xffff }).map((n) => `fd30::f:${n.toString(16)}`),
);
const equallyGood = (all: readonly string[]): Candidate[] => all.map((name) => ({ name, goodFor: 1 }));

describe('the holder of an address', () => {
  test('is the same on every node, in whatever order it knows the others', () =>
    fc.assert(
      fc.property(names, address, fc.array(fc.nat({ max: 3 })), (all, ip, goodness) => {
        const candidates = all.map((name, i) => ({ name, goodFor: goodness[i] ?? 1 }));
        assert.equal(holderOf(ip, candidates), holderOf(ip, candidates.toReversed()));
        assert.equal(holderOf(ip, candidates), holderOf(ip, candidates.toSorted(byName)));
      }),
    ));

  test('stays when another node goes or comes', () =>
    fc.assert(
      fc.property(names, address, fc.nat(), (all, ip, n) => {
        const holder = holderOf(ip, equallyGood(all));
        const other = all[n % all.length];
        if (other === holder) return;
        assert.equal(holderOf(ip, equallyGood(all.filter((name) => name !== other))), holder);
      }),
    ));

  test('is one of those that are good for most of its Services', () =>
    fc.assert(
      fc.property(names, address, fc.array(fc.nat({ max: 3 })), (all, ip, goodness) => {
        const candidates = all.map((name, i) => ({ name, goodFor: goodness[i] ?? 0 }));
        const best = Math.max(...candidates.map(({ goodFor }) => goodFor));
        const holder = candidates.find(({ name }) => name === holderOf(ip, candidates));
        assert.equal(holder?.goodFor, best);
      }),
    ));

  test('is nobody when there is nobody', () => assert.equal(holderOf('172.30.15.1', []), undefined));
});

test('addresses are spread over nodes, also where both differ in a digit only', () => {
  const all = equallyGood(['dev-1', 'dev-2', 'dev-3']);
  const count = new Map<string, number>();
  for (let n = 1; n <= 240; n++) {
    const holder = holderOf(`172.30.15.${n}`, all) ?? '';
    count.set(holder, (count.get(holder) ?? 0) + 1);
  }
  for (const { name } of all) assert.ok((count.get(name) ?? 0) > 50, `${name} has ${count.get(name)} of 240`);
});

const byName = (a: Candidate, b: Candidate): number => (a.name < b.name ? -1 : 1);
