import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loader } from './loader.ts';
import type { Proxy } from './proxy.ts';
import { ingressOf, serviceAt, worldOf } from './testing/world.ts';
import { translate } from './translate.ts';

const at = { directory: '/run/ingress', bind: { http: ':80', https: ':443', health: ':10254' } };

function fakeProxy() {
  const heard: string[] = [];
  const refuses = { words: false, files: false };
  const proxy: Proxy = {
    async load(_files, revision) {
      if (refuses.files) throw new Error('no');
      heard.push(revision);
    },
    async tell(words) {
      if (refuses.words) throw new Error('No such server.');
      heard.push(...words);
    },
    async stop() {},
  };
  return { proxy, heard, refuses };
}

const site = (...endpoints: `${string}:${number}`[]) =>
  translate(worldOf(serviceAt('web', ...endpoints), ingressOf({ paths: ['/ Prefix web'] })));

test('endpoints that come and go are words; a new route is a new configuration', async () => {
  const { proxy, heard } = fakeProxy();
  const { bring } = loader(proxy, at, 'PEM');
  assert.equal(await bring(site('10.244.0.5:80')), 'loaded');
  assert.equal(await bring(site('10.244.0.5:80')), 'same');
  assert.equal(await bring(site('10.244.0.6:80')), 'told');
  const more = translate(
    worldOf(serviceAt('web', '10.244.0.6:80'), ingressOf({ paths: ['/ Prefix web', 'x.org/ Prefix web'] })),
  );
  assert.equal(await bring(more), 'loaded');
  assert.deepEqual(heard, [
    'revision-1',
    'set server default_web_80/s2 addr 10.244.0.6 port 80',
    'set server default_web_80/s2 state ready',
    'set server default_web_80/s1 state maint',
    'revision-2',
  ]);
});

test('more endpoints than slots are a new configuration', async () => {
  const { bring } = loader(fakeProxy().proxy, at, 'PEM');
  await bring(site('10.244.0.1:80'));
  const five = ['1', '2', '3', '4', '5'].map((n) => `10.244.0.${n}:80` as const);
  assert.equal(await bring(site(...five)), 'loaded');
});

test('a proxy that does not take a word is given everything', async () => {
  const { proxy, heard, refuses } = fakeProxy();
  const { bring } = loader(proxy, at, 'PEM');
  await bring(site('10.244.0.5:80'));
  refuses.words = true;
  assert.equal(await bring(site('10.244.0.6:80')), 'loaded');
  assert.deepEqual(heard, ['revision-1', 'revision-2']);
});

test('what could not be loaded is loaded the next time, though nothing changed', async () => {
  const { proxy, refuses } = fakeProxy();
  const { bring } = loader(proxy, at, 'PEM');
  refuses.files = true;
  await assert.rejects(bring(site('10.244.0.5:80')));
  refuses.files = false;
  assert.equal(await bring(site('10.244.0.5:80')), 'loaded');
});
