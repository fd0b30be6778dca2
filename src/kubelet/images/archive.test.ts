import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readArchive } from './archive.ts';

const dir = mkdtempSync(join(tmpdir(), 'archive-'));
after(() => rmSync(dir, { recursive: true }));

function tar(entry: string, content: unknown): string {
  const file = join(dir, `${entry}.tar`);
  writeFileSync(join(dir, entry), JSON.stringify(content));
  execFileSync('tar', ['-cf', file, '-C', dir, entry]);
  return file;
}

test('docker save: every tag of every image', async () => {
  const file = tar('manifest.json', [
    { Config: 'a.json', RepoTags: ['app:v1', 'localhost:5000/app:v1'] },
    { Config: 'b.json', RepoTags: null },
  ]);
  assert.deepEqual(await readArchive(file), [
    { source: `docker-archive:${file}:app:v1`, reference: 'docker.io/library/app:v1' },
    { source: `docker-archive:${file}:localhost:5000/app:v1`, reference: 'localhost:5000/app:v1' },
  ]);
});

test('OCI archives: the name, or the full name that containerd writes', async () => {
  const file = tar('index.json', {
    manifests: [
      { annotations: { 'org.opencontainers.image.ref.name': 'app:v2' } },
      {
        annotations: {
          'org.opencontainers.image.ref.name': 'v3',
          'io.containerd.image.name': 'ghcr.io/a/app:v3',
        },
      },
    ],
  });
  assert.deepEqual(await readArchive(file), [
    { source: `oci-archive:${file}:app:v2`, reference: 'docker.io/library/app:v2' },
    { source: `oci-archive:${file}:v3`, reference: 'ghcr.io/a/app:v3' },
  ]);
});

test('an image without a name cannot be asked for, so it is refused', async () =>
  assert.rejects(readArchive(tar('manifest.json', [{ RepoTags: [] }])), /no image that has a name/));

test('another tar file is refused', async () =>
  assert.rejects(readArchive(tar('readme', 'x')), /neither a Docker archive nor an OCI archive/));

test('a file that is not there is refused', async () =>
  assert.rejects(readArchive(join(dir, 'none.tar')), /none\.tar/));
