import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { relinked, relinkedPage } from './links.ts';
import { relocated } from './rewrite.ts';

const base = '/api/v1/namespaces/shop/pods/web/proxy';
const through = (html: string) => relinked(html, (link) => relocated(link, base, new Set(['web.example'])));

describe('the links of a page', () => {
  test('that are absolute stay below the proxy, however they are quoted', () => {
    assert.equal(through('<a href="/x">test</a>'), `<a href="${base}/x">test</a>`);
    assert.equal(through("<IMG SRC = '/x.png' alt='/x'/>"), `<IMG SRC = '${base}/x.png' alt='/x'/>`);
    assert.equal(through('<form\nmethod=post action=/go>'), `<form\nmethod=post action=${base}/go>`);
    assert.equal(through('<a href=//web.example/x?a&amp;b>'), `<a href=${base}/x?a&amp;b>`);
  });

  test('that are relative, lead elsewhere or are there already stay', () => {
    const page = `<a href="x"><a href="#y"><a href="https://example.org/"><a href=""><a href><a href="${base}/z">`;
    assert.equal(through(page), page);
  });

  test('are those of attributes that are URLs, not what looks like them', () => {
    const page =
      '<a title="/x" data-href="/x"><p href="/x">1 < 2 <!-- <a href="/x"> --><title><a href="/x"></title>';
    assert.equal(through(page), page);
    assert.equal(
      through('<script src="/a.js">"<a href=\'/x\'>"</script><a href="/y">'),
      `<script src="${base}/a.js">"<a href='/x'>"</script><a href="${base}/y">`,
    );
  });

  test('are found where quotes are in the way', () => {
    assert.equal(
      through(`<a title="it's > that" href="/x">it's</a>`),
      `<a title="it's > that" href="${base}/x">it's</a>`,
    );
  });

  test('of a page that breaks off stay as they are', () => {
    for (const page of ['<a href="/x', '<a href=', '<a', '<!-- <a href="/x">', '<script> <a href="/x">', ''])
      assert.equal(through(page), page);
  });

  test('are read in time that grows with the page, whatever it is', () => {
    for (const piece of [
      '<a ',
      '<a href="',
      "<a b='",
      '<!--',
      '<script>',
      '<a' + ' '.repeat(50),
      '<a =',
      '< ',
    ])
      assert.equal(through(piece.repeat(100_000)).length, piece.length * 100_000);
  });
});

async function partsOf(page: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for await (const part of page) parts.push(part);
  return parts;
}

async function* chunksOf(...chunks: Buffer[]) {
  yield* chunks;
}

describe('a page', () => {
  test('keeps its bytes, in whatever charset', async () => {
    const bytes = Buffer.from([...Buffer.from('<a href=/'), 0xe9, 0xff, ...Buffer.from('>ü</a>')]);
    const got = await partsOf(
      relinkedPage(chunksOf(bytes.subarray(0, 5), bytes.subarray(5)), (link) => `/b${link}`),
    );
    assert.deepEqual(
      Buffer.concat(got),
      Buffer.from([...Buffer.from('<a href=/b/'), 0xe9, 0xff, ...Buffer.from('>ü</a>')]),
    );
  });

  test('that is too long to be held passes as it is', async () => {
    const chunk = Buffer.alloc(1024 * 1024, '<a href="/x">   ');
    const got = await partsOf(relinkedPage(chunksOf(...Array<Buffer>(12).fill(chunk)), () => '/y'));
    assert.deepEqual([got.length, got.every((part) => part === chunk)], [12, true]);
  });
});
