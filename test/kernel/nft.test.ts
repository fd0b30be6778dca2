import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createNetns, removeNamespace } from '../../src/lib/linux/namespaces.ts';
import { kernelNft } from '../../src/nft/kernel.ts';
import { eventually } from '../support/eventually.ts';

const residentMegabytes = () => process.memoryUsage.rss() / 1e6;

test('what nftables needed for a large transaction is given back to the system', {
  timeout: 60_000,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'switchboard-nft-'));
  const netns = join(directory, 'netns');
  createNetns(netns);
  const nft = kernelNft(netns);
  try {
    const address = (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
    const elements = Array.from({ length: 40_000 }, (_, n) => `${address(n)} . 80 . ${address(n)}`);
    const table = 'inet large';
    await nft.run(
      `add table ${table}\nadd set ${table} members { type ipv4_addr . inet_service . ipv4_addr; }`,
    );
    const before = residentMegabytes();
    await nft.run(`add element ${table} members { ${elements.join(', ')} }`);
    // It takes some 2 KB for each.
    await eventually(
      async () => assert.ok(residentMegabytes() < before + 30, `${residentMegabytes()} MB`),
      10_000,
    );
    const { nftables } = (await nft.list(`set ${table} members`)) as {
      nftables: { set?: { elem: unknown[] } }[];
    };
    assert.equal(nftables.find(({ set }) => set)?.set?.elem.length, elements.length);
  } finally {
    await nft.close();
    removeNamespace(netns);
    rmSync(directory, { recursive: true, force: true });
  }
});
