import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TestInformer } from '../../test/support/informer.ts';
import type { Node } from '../api/types.ts';
import type { Clock } from '../lib/clock.ts';
import { untilOthersHave } from './otherProxies.ts';

const node = (name: string, ready = true): Node => ({
  metadata: { name },
  status: {
    addresses: [{ type: 'InternalIP', address: `address of ${name}` }],
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
  },
});

/** What was asked until version 10 was everywhere, of proxies that answer one after the other of these. */
async function asked(
  answers: Record<string, (number | undefined | Error)[]>,
  nodes = Object.keys(answers).map((name) => node(name)),
): Promise<string[]> {
  const questions: string[] = [];
  const end = new AbortController();
  const clock: Clock = {
    now: () => 0,
    sleep: async () => {
      if (questions.length > 100) end.abort();
    },
  };
  const ask = async (address: string) => {
    const name = address.replace('address of ', '');
    questions.push(name);
    const [answer] = (answers[name] ?? []).splice(0, 1);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const informer = new TestInformer<Node>(...nodes);
  await untilOthersHave(10, { nodes: informer, nodeName: 'a', clock, ask }, end.signal);
  return questions;
}

const failure = (code: string) => Object.assign(new Error(code), { code });

describe('the proxies of the other nodes', () => {
  test('are asked until they have the version, and the own one is not', async () => {
    assert.deepEqual(await asked({ a: [], b: [8, 9, 11], c: [10] }), ['b', 'c', 'b', 'b']);
  });

  test('are waited for while they start again', async () => {
    assert.deepEqual(await asked({ b: [failure('ECONNREFUSED'), failure('ECONNRESET'), 10] }), [
      'b',
      'b',
      'b',
    ]);
  });

  test('are given up when their node is not there, and not asked when it is known not to be', async () => {
    const nodes = [node('b'), node('c', false)];
    assert.deepEqual(await asked({ b: [failure('EHOSTUNREACH')], c: [] }, nodes), ['b']);
  });

  test('that are somebody else’s tell nothing', async () => {
    assert.deepEqual(await asked({ b: [undefined] }), ['b']);
  });

  test('are not waited for when there is no time left', async () => {
    assert.ok((await asked({ b: Array.from({ length: 1_000 }, () => 9) })).length < 200);
  });
});
