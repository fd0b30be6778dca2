/** `kubectl get` in the ways that are asked for less often. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { rowsOf } from '../../support/columns.ts';
import { eventually } from '../../support/eventually.ts';
import { type Kubectl, kubectlWith } from '../../support/kubectl.ts';
import { placeOf, programs, refuses } from './cluster.ts';

const known = [...new Set([programs[0], programs.at(-1)])].filter((program) => program !== undefined);

for (const { version, path } of known)
  describe(`kubectl ${version} get`, () => {
    const own = `getting-more-${version.replace('.', '-')}`;
    let kubectl: Kubectl;
    const directory = mkdtempSync(join(tmpdir(), 'switchboard-get-'));
    before(async () => {
      const place = await placeOf(own);
      kubectl = kubectlWith(place.kubeconfig, path);
      const maps = ['c', 'a', 'b'].map(
        (name, i) =>
          `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {number: "${i}"}}\ndata: {order: "${i}"}\n`,
      );
      await kubectl.input(maps.join('---\n'), 'create', '-f', '-');
    });
    after(async () => {
      rmSync(directory, { recursive: true });
      await kubectl('delete', 'namespace', own, '--wait=false');
    });
    const get = (...args: string[]) => kubectl('get', 'configmaps', '-l', 'number', ...args);

    test('sorted by a field, and with fewer words', async () => {
      assert.equal(
        await get('--sort-by={.data.order}', '-o', 'name'),
        'configmap/c\nconfigmap/a\nconfigmap/b\n',
      );
      assert.doesNotMatch(await get('--no-headers'), /NAME/);
      assert.deepEqual(
        rowsOf(await get('--show-kind', '--show-labels')).map(({ NAME, LABELS }) => `${NAME} ${LABELS}`),
        ['configmap/a number=1', 'configmap/b number=2', 'configmap/c number=0'],
      );
    });

    test('by templates and columns from files', async () => {
      const file = (name: string, text: string) => {
        writeFileSync(join(directory, name), text);
        return join(directory, name);
      };
      const template = '{{range .items}}{{.metadata.name}}={{.data.order}} {{end}}';
      assert.equal(await get('-o', `go-template=${template}`), 'a=1 b=2 c=0 ');
      assert.equal(await get('-o', `go-template-file=${file('t', template)}`), 'a=1 b=2 c=0 ');
      const path = '{range .items[?(@.data.order!="1")]}{.metadata.name}{"\\n"}{end}';
      assert.equal(await get('-o', `jsonpath-file=${file('p', path)}`), 'b\nc\n');
      const columns = file('c', 'WHO ORDER\n.metadata.name .data.order\n');
      assert.deepEqual(rowsOf(await get('-o', `custom-columns-file=${columns}`))[2], {
        WHO: 'c',
        ORDER: '0',
      });
      assert.match(await get('-o', 'jsonpath-as-json={.items[*].data}'), /"order": "1"/);
    });

    test('in pages of one, and from manifests', async () => {
      assert.equal(rowsOf(await get('--chunk-size=1')).length, 3);
      const list = JSON.parse(await get('-o', 'json')) as { kind: string; items: object[] };
      assert.deepEqual([list.kind, list.items.length], ['List', 3]);
      const manifest = join(directory, 'list.yaml');
      writeFileSync(manifest, await get('-o', 'yaml'));
      assert.equal(
        await kubectl('get', '-f', manifest, '-o', 'name'),
        'configmap/a\nconfigmap/b\nconfigmap/c\n',
      );
    });

    test('of several kinds, named in every form', async () => {
      assert.equal(
        await kubectl('get', 'configmaps.v1.', 'a', '-o', 'name', '--output-watch-events=false'),
        'configmap/a\n',
      );
      assert.equal(await kubectl('get', 'deployments.v1.apps,rs', '-o', 'name'), '');
      assert.match(
        await kubectl('get', 'cm/a', 'sa/default', '--no-headers'),
        /^configmap\/a +1 .*\n.*serviceaccount\/default/,
      );
      const some = await kubectl.attempt('get', 'configmaps', 'a', 'z');
      assert.match(some.stdout, /^a /m);
      assert.match(some.stderr, /\(NotFound\): configmaps "z" not found/);
      assert.equal(some.code, 1);
      assert.match(await kubectl('get', 'configmaps', 'a', 'z', '--ignore-not-found'), /^a /m);
      await refuses(kubectl.attempt('get', 'pods.v2.'), /the server doesn't have a resource type "pods"/);
    });

    test('and field selectors of more kinds', async () => {
      const selected = (kind: string, fields: string) =>
        kubectl('get', kind, '-A', '-o', 'name', `--field-selector=${fields}`);
      assert.equal(await selected('nodes', 'metadata.name=e2e-kubectl-2'), 'node/e2e-kubectl-2\n');
      assert.match(await selected('secrets', 'type!=Opaque'), /^(secret\/\S+\n)*$/);
      assert.match(
        await selected('namespaces', `status.phase=Active,metadata.name=${own}`),
        /^namespace\/\S+\n$/,
      );
      assert.match(
        await selected('events', 'type=Normal,involvedObject.kind=Pod,reason=Scheduled'),
        /^event\//,
      );
      assert.match(await selected('pods', 'spec.nodeName=e2e-kubectl-1,status.phase=Running'), /^pod\//);
      assert.match(
        await selected('services', 'spec.type=ClusterIP,metadata.namespace=default'),
        /^service\/kubernetes\n$/,
      );
    });

    test('watches only what comes', async () => {
      const watching = kubectl.start('get', 'configmaps', '--watch-only', '-l', 'number', '-o', 'name');
      let seen = '';
      watching.stdout?.on('data', (chunk: Buffer) => (seen += chunk.toString()));
      try {
        let round = 0;
        await eventually(async () => {
          await kubectl('annotate', 'configmap', 'b', `round=${round++}`, '--overwrite');
          assert.match(seen, /configmap\/b/);
        });
        assert.doesNotMatch(seen, /configmap\/[ac]/);
      } finally {
        watching.kill();
      }
    });
  });
