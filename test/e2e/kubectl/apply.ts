import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Kubectl } from '../../support/kubectl.ts';
import { first, second } from './app.ts';
import { placeOf, refuses } from './cluster.ts';

describe('kubectl apply', () => {
  let kubectl: Kubectl;
  const directory = mkdtempSync(join(tmpdir(), 'switchboard-apply-'));
  const before1 = join(directory, 'first.yaml');
  const after1 = join(directory, 'second.yaml');
  before(async () => {
    ({ kubectl } = await placeOf('applying'));
    writeFileSync(before1, first);
    writeFileSync(after1, second);
  });
  after(() => rmSync(directory, { recursive: true }));

  const each = (word: string, more = '') =>
    ['configmap/settings', 'service/app', 'deployment.apps/app'].map((o) => `${o} ${word}${more}\n`).join('');
  const at = (object: string, path: string) => kubectl('get', object, '-o', `jsonpath={${path}}`);

  test('creates, and finds nothing to change the second time', async () => {
    assert.equal(await kubectl('apply', '-f', before1), each('created'));
    assert.equal(await kubectl('apply', '-f', before1), each('unchanged'));
  });

  test('diff shows what would change, ends with 1, and changes nothing', async () => {
    const same = await kubectl.attempt('diff', '-f', before1);
    assert.deepEqual([same.code, same.stdout], [0, '']);
    const { code, stdout } = await kubectl.attempt('diff', '-f', after1);
    assert.equal(code, 1);
    for (const line of [
      '- +image: nginx:1.27',
      '+ +image: nginx:1.28',
      '- +colour: blue',
      '+ +colour: green',
      '- +port: 81',
    ])
      assert.match(stdout, new RegExp(`^\\${line}$`.replace('\\\\', '\\'), 'm'), line);
    assert.equal(await at('cm/settings', '.data.colour'), 'blue');
  });

  test('on trial the server says the same and keeps nothing', async () => {
    assert.equal(
      await kubectl('apply', '-f', after1, '--dry-run=server'),
      each('configured', ' (server dry run)'),
    );
    assert.equal(await at('cm/settings', '.data.colour'), 'blue');
  });

  test('changes what changed, adds what is new, takes away what is gone, leaves what others wrote', async () => {
    await kubectl('label', 'configmap', 'settings', 'written-by=another');
    assert.equal(await kubectl('apply', '-f', after1), each('configured'));
    assert.deepEqual(JSON.parse(await at('cm/settings', '.data')), { colour: 'green', shape: 'round' });
    assert.deepEqual(JSON.parse(await at('cm/settings', '.metadata.labels')), {
      state: 'second',
      'written-by': 'another',
    });
    assert.equal(await at('svc/app', '.spec.ports[*].port'), '8080');
    assert.equal(await at('deploy/app', '.spec.replicas'), '2');
    const env = JSON.parse(await at('deploy/app', '.spec.template.spec.containers[0].env')) as object[];
    assert.deepEqual(env, [
      { name: 'TWO', value: 'two' },
      { name: 'THREE', value: '3' },
    ]);
    assert.equal(await kubectl('apply', '-f', after1), each('unchanged'));
  });

  test('what was applied last can be seen and set', async () => {
    assert.match(await kubectl('apply', 'view-last-applied', 'deployment/app'), /image: nginx:1\.28/);
    await kubectl('apply', 'set-last-applied', '-f', before1);
    assert.match(await kubectl('apply', 'view-last-applied', 'deployment/app'), /image: nginx:1\.27/);
  });

  test('prunes what its set has no longer', async () => {
    const made = (name: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {set: one}}\n`;
    await kubectl.input(`${made('kept')}---\n${made('dropped')}`, 'apply', '-f', '-');
    const said = await kubectl.input(
      made('kept'),
      ...['apply', '-f', '-', '-l', 'set=one', '--prune', '--prune-allowlist=core/v1/ConfigMap'],
    );
    assert.equal(said, 'configmap/kept unchanged\nconfigmap/dropped pruned\n');
  });

  test('a directory with a kustomization', async () => {
    writeFileSync(
      join(directory, 'kustomization.yaml'),
      'namePrefix: my-\nresources: [first.yaml]\nconfigMapGenerator:\n  - {name: made, literals: [a=b]}\n',
    );
    const said = await kubectl('apply', '-k', directory);
    assert.match(
      said,
      /configmap\/my-made-\w+ created\nconfigmap\/my-settings created\nservice\/my-app created\n/,
    );
    await kubectl('delete', '-k', directory, '--wait=false');
  });

  test('a field that may not change is named', async () => {
    const other = first.replaceAll('app: app', 'app: other');
    const refused = join(directory, 'refused.yaml');
    writeFileSync(refused, other);
    await refuses(
      kubectl.attempt('apply', '-f', refused),
      /Deployment\.apps "app" is invalid: spec\.selector: .*field is immutable/,
    );
  });
});
