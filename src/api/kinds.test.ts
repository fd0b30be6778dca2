import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { kindFor, kindOf, kinds } from './kinds.ts';
import { messageNames, messageOf } from './message.ts';
import { apiVersionOf } from './resource.ts';
import { setDefaults } from './schema/defaults.ts';
import { tableOf } from './table.ts';
import type { KubeObject } from './types.ts';
import { validateCreate } from './validate.ts';

const empty = (): KubeObject => ({ metadata: { name: 'x' } });

for (const kind of kinds) {
  describe(`the kind ${kind.resource.kind}`, () => {
    test('is found by its path and by what its objects say', () => {
      const { group, version, plural } = kind.resource;
      assert.equal(kindOf(group, version, plural), kind);
      assert.equal(kindFor(apiVersionOf(kind.resource), kind.resource.kind), kind);
    });

    test('has a message and a list', () => {
      assert.ok(messageOf(kind.message).byName.has('metadata'));
      assert.ok(messageOf(kind.message).byName.has('apiVersion'));
      assert.ok(messageOf(`${kind.message}List`).byName.has('items'));
    });

    test('prints every column of an object that says nothing', () => {
      const { rows, columnDefinitions } = tableOf(kind, [empty(), setDefaults(kind, empty())], 0);
      for (const row of rows) {
        assert.equal(row.cells.length, columnDefinitions.length);
        for (const cell of row.cells) assert.ok(cell === null || typeof cell !== 'object');
      }
    });

    test('gets the same defaults twice', () => {
      const once = setDefaults(kind, empty());
      assert.deepEqual(setDefaults(kind, structuredClone(once)), once);
    });

    test('is validated without falling over an object that says nothing', () => {
      assert.ok(Array.isArray(validateCreate(kind, setDefaults(kind, empty()))));
    });

    test('reads every selectable field of an object that says nothing', () => {
      for (const read of Object.values(kind.selectableFields ?? {}))
        assert.equal(typeof read(empty()), 'string');
    });

    test('is served with /status exactly when it has a status', () => {
      const hasStatus = messageOf(kind.message).byName.has('status');
      assert.equal(kind.status ?? false, hasStatus);
    });
  });
}

describe('the fields of all messages', () => {
  for (const name of messageNames()) {
    test(`of ${name} have numbers of their own and types that are declared`, () => {
      const { fields } = messageOf(name);
      const numbers = fields.map((f) => f.number).filter((n) => n !== 0);
      assert.equal(new Set(numbers).size, numbers.length);
      for (const field of fields) {
        assert.ok(Number.isInteger(field.number), field.name);
        if (typeof field.type === 'object') assert.ok(messageOf(field.type.message));
      }
    });

    test(`of ${name} are merged and listed by keys that exist`, () => {
      for (const { type, patch, listKeys = [] } of messageOf(name).fields)
        if (typeof type === 'object')
          for (const key of [...listKeys, ...(patch?.key ? [patch.key] : [])])
            assert.ok(messageOf(type.message).byName.has(key), `${type.message} has no ${key}`);
    });
  }
});

test('no two kinds have the same plural or short name, but for metrics, and other forms of the same objects', () => {
  const others = kinds.filter((k) => !k.stored && k.resource.group !== 'metrics.k8s.io');
  const names = others.flatMap((k) => [k.resource.plural, ...(k.shortNames ?? [])]);
  assert.equal(new Set(names).size, names.length);
});
