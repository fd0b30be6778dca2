import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createAuthority, issueClientCertificate } from './certificate.ts';
import { keptPair } from './kept.ts';

const folder = mkdtempSync(join(tmpdir(), 'kept-'));
after(() => rmSync(folder, { recursive: true }));

test('of what a process was given and what it got later, that counts which holds longer', async () => {
  const nowMs = Date.now();
  const [authority, other] = await Promise.all(
    ['one', 'two'].map((commonName) => createAuthority({ commonName, nowMs })),
  );
  assert.ok(authority && other);
  const issue = (hours: number, by = authority) =>
    issueClientCertificate(by, { commonName: 'jane', nowMs, validForMs: hours * 3600_000 });
  const file = join(folder, 'deep/node.json');
  const kept = keptPair(file, authority.certificate);
  const given = await issue(2);
  assert.equal(kept.newer(given), given, 'nothing is kept yet');
  const later = await issue(3);
  kept.write(later);
  assert.deepEqual(kept.newer(given), later);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const newest = await issue(4);
  assert.equal(kept.newer(newest), newest);
  kept.write(await issue(9, other));
  assert.equal(kept.newer(given), given, 'another authority is of no use');
});
