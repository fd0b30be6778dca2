import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { writeEtc } from './etc.ts';

test('a node has an identity of its own, and keeps it when it boots again', () => {
  const directory = mkdtempSync(`${tmpdir()}/etc-`);
  const boot = (id: string) => {
    writeEtc({
      directory,
      hostname: 'dev-1',
      addresses: [],
      newMachineId: () => id,
      config: {},
      services: { agent: 'true' },
    });
    return readFileSync(`${directory}/machine-id`, 'utf8');
  };
  try {
    const first = 'a'.repeat(32);
    assert.equal(boot(first), `${first}\n`);
    assert.equal(boot('b'.repeat(32)), `${first}\n`);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
