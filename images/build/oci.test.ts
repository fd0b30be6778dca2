import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { describeImage } from './oci.ts';

const layers = [
  { digest: 'sha256:aa', size: 10 },
  { digest: 'sha256:bb', size: 20 },
];

test('an image is described by config, manifest and index, each naming the other by digest', () => {
  const { config, manifest, index } = describeImage(layers, { Cmd: ['sh'] }, 'x64');
  assert.deepEqual(JSON.parse(config.text), {
    architecture: 'amd64',
    os: 'linux',
    config: { Cmd: ['sh'] },
    rootfs: { type: 'layers', diff_ids: ['sha256:aa', 'sha256:bb'] },
  });
  assert.equal(config.digest, `sha256:${createHash('sha256').update(config.text).digest('hex')}`);
  const described = JSON.parse(manifest.text);
  assert.equal(described.config.digest, config.digest);
  assert.equal(described.config.size, config.text.length);
  assert.deepEqual(
    described.layers.map((layer: { digest: string }) => layer.digest),
    ['sha256:aa', 'sha256:bb'],
  );
  assert.equal(JSON.parse(index).manifests[0].digest, manifest.digest);
});

test('the same layers and config give the same image', () =>
  assert.equal(
    describeImage(layers, { Cmd: ['sh'] }, 'x64').config.digest,
    describeImage(layers, { Cmd: ['sh'] }, 'x64').config.digest,
  ));
