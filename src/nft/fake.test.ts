import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeNft } from './fake.ts';

const table = `
  add table inet t
  add map inet t services { type ipv4_addr . inet_proto . inet_service : verdict; }
  add set inet t blocked { type ipv4_addr; }
  add chain inet t pick-1
  add element inet t services { 10.96.0.1 . tcp . 443 : jump pick-1 }`;

async function withTable(): Promise<FakeNft> {
  const nft = new FakeNft();
  await nft.run(table);
  return nft;
}

describe('the fake kernel', () => {
  test('keys are the same however they are spelled', async () => {
    const nft = await withTable();
    await nft.run('delete element inet t services { 10.96.0.1 . tcp . 0x1bb }');
    assert.equal(nft.ruleset.get('inet t')?.containers.get('services')?.elements.size, 0);
  });

  test('a transaction is carried out as a whole or not at all', async () => {
    const nft = await withTable();
    const before = structuredClone([...nft.ruleset]);
    await assert.rejects(
      nft.run('add element inet t blocked { 10.0.0.1 }\ndelete element inet t blocked { 10.0.0.2 }'),
      /line 2: No such file or directory: blocked \{ 10\.0\.0\.2 \}/,
    );
    assert.deepEqual([...nft.ruleset], before);
  });

  test('a map element takes another value only when it is deleted first', async () => {
    const nft = await withTable();
    await nft.run('add chain inet t pick-2');
    const add = 'add element inet t services { 10.96.0.1 . tcp . 443 : jump pick-2 }';
    await assert.rejects(nft.run(add), /File exists/);
    await nft.run(`delete element inet t services { 10.96.0.1 . tcp . 443 }\n${add}`);
  });

  test('a chain that is jumped to cannot be deleted, and one that is not there cannot be jumped to', async () => {
    const nft = await withTable();
    await assert.rejects(nft.run('delete chain inet t pick-1'), /busy: chain pick-1/);
    await assert.rejects(
      nft.run('add element inet t services { 10.96.0.2 . tcp . 80 : jump pick-9 }'),
      /chain pick-9/,
    );
    await assert.rejects(nft.run('add rule inet t pick-1 goto nowhere'), /chain nowhere/);
  });

  test('what is not in the language is refused', async () => {
    const nft = await withTable();
    await assert.rejects(nft.run('list ruleset'), /syntax error/);
    await assert.rejects(nft.run('add rule inet t pick-1 ip daddr'), /syntax error/);
    await assert.rejects(nft.run('add rule inet t pick-1 tcp flags syn accept'), /syntax error/);
    await assert.rejects(nft.run('add element inet t blocked { 10.0.0.1 : accept }'), /blocked is a set/);
    await assert.rejects(nft.run('flush table inet t'), /not supported/);
  });
});
