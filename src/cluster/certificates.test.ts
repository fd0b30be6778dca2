import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { addressesOf } from './addresses.ts';
import { certificatesOf } from './certificates.ts';
import { defaultNetwork } from './network/network.ts';
import type { NodeRecord } from './record.ts';

const node = (name: string, last: number, controlPlane: boolean): NodeRecord => ({
  name,
  addresses: [`172.30.0.${last}`, `fd30::${last}`],
  controlPlane,
});

test('a cluster keeps its certificates, and a node that joins gets its own', async () => {
  const directory = mkdtempSync(`${tmpdir()}/switchboard-pki-`);
  try {
    const addresses = addressesOf({ index: 0, network: defaultNetwork });
    const first = await certificatesOf(directory, addresses, [node('one', 2, true)], Date.now());
    const second = await certificatesOf(
      directory,
      addresses,
      [node('one', 2, true), node('two', 3, false)],
      Date.now(),
    );
    assert.equal(second.authority.certificate, first.authority.certificate);
    assert.equal(second.nodes['one']?.node.certificate, first.nodes['one']?.node.certificate);
    const server = new X509Certificate(second.apiserver.certificate);
    assert.ok(server.checkIssued(new X509Certificate(second.authority.certificate)));
    for (const ip of ['10.96.0.1', '127.0.0.1', '172.30.0.2']) assert.equal(server.checkIP(ip), ip);
    assert.match(
      new X509Certificate(second.nodes['two']?.node.certificate ?? '').subject,
      /CN=system:node:two/,
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
});

const dayMs = 24 * 3600_000;

test('what gets old is made anew by the next up; the authority and the keys of the cluster stay', async () => {
  const directory = mkdtempSync(`${tmpdir()}/switchboard-pki-`);
  try {
    const nowMs = Date.now();
    const at = (days: number) =>
      certificatesOf(
        directory,
        addressesOf({ index: 0, network: defaultNetwork }),
        [node('one', 2, true)],
        nowMs + days * dayMs,
      );
    const first = await at(0);
    const certificates = ({ apiserver, kubeletClient, admin, network, nodes }: typeof first) =>
      [apiserver, kubeletClient, admin, network, nodes['one']?.node, nodes['one']?.serving].map(
        (pair) => pair?.certificate ?? '',
      );
    assert.deepEqual(await at(240), first, 'before two thirds of a year');
    const later = await at(245);
    for (const [i, certificate] of certificates(later).entries()) {
      assert.notEqual(certificate, certificates(first)[i]);
      const read = new X509Certificate(certificate);
      assert.ok(read.verify(new X509Certificate(first.authority.certificate).publicKey));
      assert.ok(read.validToDate.getTime() > nowMs + 600 * dayMs);
    }
    assert.deepEqual(later.authority, first.authority);
    assert.equal(later.serviceAccountKey, first.serviceAccountKey);
    assert.deepEqual(later.storeKeys, first.storeKeys);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
