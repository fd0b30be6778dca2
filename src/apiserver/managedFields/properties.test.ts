/** What holds for whatever anybody applies. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import { type Loose, type Reply, type TestApi, testApi } from '../testing/testApi.ts';

/** Texts by name: what one writer says of an object, in a few words. */
interface Words {
  env: Record<string, string>;
  labels: Record<string, string>;
  finalizers: string[];
  replicas?: number | undefined;
  paused?: boolean | undefined;
}

const texts = (names: string[]) =>
  fc.dictionary(fc.constantFrom(...names), fc.constantFrom('', '1', '2'), { noNullPrototype: true });
const words: fc.Arbitrary<Words> = fc.record({
  env: texts(['A', 'B', 'C']),
  labels: texts(['a', 'b', 'c']),
  finalizers: fc.uniqueArray(fc.constantFrom('x/a', 'x/b')),
  replicas: fc.constantFrom(undefined, 0, 1, 2),
  paused: fc.constantFrom(undefined, false, true),
});

const deployment = ({ env, labels, finalizers, replicas, paused }: Words): string =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels, finalizers },
    spec: {
      replicas,
      paused,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [
            {
              name: 'web',
              image: 'nginx',
              env: Object.entries(env).map(([name, value]) => ({ name, value })),
            },
          ],
        },
      },
    },
  });

/** One fact a line, as configured. */
const said = ({ env, labels, finalizers, replicas, paused }: Words): Map<string, unknown> =>
  new Map<string, unknown>([
    ...Object.entries(env).map(([name, value]) => [`env ${name}`, value] as const),
    ...Object.entries(labels).map(([name, value]) => [`label ${name}`, value] as const),
    ...finalizers.map((name) => [`finalizer ${name}`, true] as const),
    ...(replicas === undefined ? [] : [['replicas', replicas] as const]),
    ...(paused === undefined ? [] : [['paused', paused] as const]),
  ]);

/** The same facts of the object as it is. */
function seen(reply: Reply): Map<string, unknown> {
  const { metadata, spec } = reply.object as Loose;
  const env = (spec.template.spec.containers[0].env ?? []) as Loose[];
  return said({
    env: Object.fromEntries(env.map(({ name, value }) => [name, value ?? ''])) as Record<string, string>,
    labels: metadata.labels ?? {},
    finalizers: metadata.finalizers ?? [],
    replicas: spec.replicas,
    paused: spec.paused ?? false,
  });
}

const path = '/apis/apps/v1/namespaces/default/deployments/web';
let api: TestApi;
beforeEach(() => {
  api = testApi();
});
afterEach(() => api.close());

const apply = (manager: string, what: Words, more = '') =>
  api.apply(`${path}?fieldManager=${manager}${more}`, deployment(what));
const force = '&force=true';

async function startAgain(): Promise<void> {
  await api.close();
  api = testApi();
}

const holds = (property: fc.IAsyncPropertyWithHooks<never[]> | fc.IAsyncProperty<unknown>) =>
  fc.assert(property as fc.IAsyncProperty<unknown>, { numRuns: 150 });

test('what is applied is there', () =>
  holds(
    fc.asyncProperty(words, words, async (one, two) => {
      await startAgain();
      await apply('one', one);
      const now = seen(await apply('two', two, force));
      for (const [fact, value] of said(two)) assert.deepEqual(now.get(fact), value, fact);
    }),
  ));

test('applied twice is applied once', () =>
  holds(
    fc.asyncProperty(words, words, async (one, two) => {
      await startAgain();
      await apply('one', one);
      const first = await apply('two', two, force);
      api.clock.advance(60_000);
      assert.deepEqual((await apply('two', two)).object, first.object);
    }),
  ));

test('without force nobody loses anything', () =>
  holds(
    fc.asyncProperty(words, words, async (one, two) => {
      await startAgain();
      await apply('one', one);
      const before = await api.get(path);
      const reply = await apply('two', two);
      const after = await api.get(path);
      if (reply.code === 409) return assert.deepEqual(after.object, before.object);
      assert.equal(reply.code, 200);
      for (const [fact, value] of said(one)) assert.deepEqual(seen(after).get(fact), value, fact);
    }),
  ));

test('who applies less takes away only what is his alone', () =>
  holds(
    fc.asyncProperty(words, words, words, async (one, two, less) => {
      await startAgain();
      const left: Words = {
        env: pick(one.env, less.env),
        labels: pick(one.labels, less.labels),
        finalizers: one.finalizers.filter((name) => less.finalizers.includes(name)),
        ...(less.replicas !== undefined && { replicas: one.replicas }),
        ...(less.paused !== undefined && { paused: one.paused }),
      };
      await apply('one', one);
      await apply('two', two, force);
      const now = seen(await apply('one', left, force));
      for (const [fact, value] of said(two))
        if (!said(left).has(fact)) assert.deepEqual(now.get(fact), value, fact);
      for (const fact of said(one).keys())
        if (!said(left).has(fact) && !said(two).has(fact) && !hasDefault.has(fact))
          assert.equal(now.get(fact), undefined, fact);
    }),
  ));

const hasDefault: ReadonlySet<string> = new Set(['replicas', 'paused']);

const pick = (from: Record<string, string>, names: object): Record<string, string> =>
  Object.fromEntries(Object.entries(from).filter(([name]) => name in names));

test('a patch takes what it changes, and everybody else keeps the rest', () =>
  holds(
    fc.asyncProperty(words, words, async (one, two) => {
      await startAgain();
      await apply('one', one);
      await api.patch(`${path}?fieldManager=two`, deployment(two), 'strategic-merge');
      const now = await api.get(path);
      const conflicts = await apply('three', one);
      const changed = [...said(one)].filter(
        ([fact, value]) => seen(now).get(fact) !== value && !isLeftOut(fact, seen(now).get(fact)),
      );
      assert.equal(conflicts.code, changed.length > 0 ? 409 : 200);
    }),
  ));

/** Nobody owns what is stored by leaving it out. */
const isLeftOut = (fact: string, value: unknown) =>
  value === undefined || (fact === 'paused' && value === false) || (fact.startsWith('env') && value === '');
