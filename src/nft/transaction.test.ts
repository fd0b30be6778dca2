import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandsFor, replaceTable } from './transaction.ts';

test('commands are one line each, as nft takes them', () => {
  const { addChain, addElements, addMap, addRule, deleteElements } = commandsFor('inet t');
  const text = [
    ...replaceTable('inet t'),
    addMap('m', 'type ipv4_addr : verdict;'),
    addChain('c'),
    addChain('in', 'type filter hook input priority 0;'),
    addRule('in', 'ip daddr vmap @m'),
    addElements('m', [
      { key: '10.0.0.1', value: 'jump c' },
      { key: '10.0.0.2', value: 'drop' },
    ]),
    deleteElements('m', [{ key: '10.0.0.1', value: 'jump c' }]),
  ];
  assert.deepEqual(text, [
    'add table inet t',
    'delete table inet t',
    'add table inet t',
    'add map inet t m { type ipv4_addr : verdict; }',
    'add chain inet t c',
    'add chain inet t in { type filter hook input priority 0; }',
    'add rule inet t in ip daddr vmap @m',
    'add element inet t m { 10.0.0.1 : jump c, 10.0.0.2 : drop }',
    'delete element inet t m { 10.0.0.1 }',
  ]);
});
