import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { StatusError } from '../../../api/errors.ts';
import { decodeAhead, decodeBody, encodeYaml } from '../index.ts';

const long = (line: (i: number) => string) => Array.from({ length: 3000 }, (_, i) => line(i)).join('\n');
const yaml = (text: string) => ({ contentType: 'application/yaml', body: Buffer.from(text) });
const json = (text: string) => ({ contentType: 'application/json', body: Buffer.from(text) });

describe('a long body that is read in another thread', () => {
  test('says the same as one that is read at once', async () => {
    const text = `data:\n${long((i) => `  k${i}: v${i}`)}\n  mode: 0644\n  k1: again\n`;
    const body = yaml(text);
    const expected = decodeBody(yaml(text));
    await decodeAhead(body);
    assert.deepEqual(decodeBody(body), expected);
    const line = text.split('\n').length - 1;
    assert.deepEqual(expected.duplicates, [`line ${line}: key "k1" already set in map`]);
  });

  test('can be read a second time, as for a write that is tried again', async () => {
    const body = yaml(`data:\n${long((i) => `  k${i}: v${i}`)}\n`);
    await decodeAhead(body);
    assert.deepEqual(decodeBody(body), decodeBody(body));
  });

  test('is refused in the same words', async () => {
    for (const body of [
      yaml(`${long((i) => `k${i}: v`)}\n"`),
      yaml(`${long((i) => `k${i}: v`)}\n__proto__: {}`),
      json(`{"a": [${'1,'.repeat(200_000)}]}`),
    ]) {
      const errorOf = async (read: () => unknown) => {
        try {
          await read();
        } catch (err) {
          assert.ok(err instanceof StatusError);
          return err.status;
        }
        return assert.fail('it was read');
      };
      assert.deepEqual(await errorOf(() => decodeAhead(body)), await errorOf(() => decodeBody(body)));
    }
  });

  test('in JSON tells duplicates too', async () => {
    const body = json(`{"a": "${'x'.repeat(300_000)}", "b": 1, "b": 2}`);
    await decodeAhead(body);
    const { object, duplicates } = decodeBody(body);
    assert.equal((object as { b: number }).b, 2);
    assert.deepEqual(duplicates, ['duplicate field "b"']);
  });
});

test('a long answer in YAML says what the object does', async () => {
  const object = { data: Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`k${i}`, 'v'])) };
  assert.deepEqual(parse((await encodeYaml(object)).toString()), object);
});
