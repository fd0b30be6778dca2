import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { execute } from '../../../src/lib/exec.ts';
import type { Kubectl } from '../../support/kubectl.ts';
import { first, second } from './app.ts';
import { type Place, placeOf, refuses } from './cluster.ts';

describe('kubectl changes objects', () => {
  let place: Place;
  let kubectl: Kubectl;
  const directory = mkdtempSync(join(tmpdir(), 'switchboard-edit-'));
  const editor = join(directory, 'editor');
  before(async () => {
    place = await placeOf('changing');
    ({ kubectl } = place);
    await kubectl.input(first, 'apply', '-f', '-');
    writeFileSync(editor, `cat "$2" >>${directory}/shown; sed -i "$1" "$2"`);
  });
  after(() => rmSync(directory, { recursive: true }));

  const at = (object: string, path: string) => kubectl('get', object, '-o', `jsonpath={${path}}`);
  const settings = async () => JSON.parse(await at('cm/settings', '.data')) as Record<string, string>;

  /** Runs `kubectl edit` with a sed script in the editor's place, which also keeps what it was shown. */
  const edit = (script: string, ...args: string[]) =>
    execute('env', [
      `TMPDIR=${directory}`,
      `KUBE_EDITOR=sh ${editor} ${script}`,
      place.program,
      '--kubeconfig',
      place.kubeconfig,
      'edit',
      ...args,
    ]);

  test('edit opens the object and takes what was saved', async () => {
    const edited = await edit('s/blue/red/', 'configmap', 'settings');
    assert.deepEqual([edited.code, edited.stdout], [0, 'configmap/settings edited\n']);
    assert.equal((await settings())['colour'], 'red');
    assert.match((await edit('s/none/none/', 'configmap', 'settings')).stderr, /no changes made/);
    const wrong = await edit('/port:.80$/s/80/99999/', 'service', 'app');
    assert.match(wrong.stderr, /services "app" is invalid/);
    assert.match(readFileSync(join(directory, 'shown'), 'utf8'), /# .*must be between 1 and 65535/);
  });

  test('patch: a JSON patch', async () => {
    const patch = (ops: object[]) =>
      kubectl.attempt('patch', 'cm', 'settings', '--type=json', '-p', JSON.stringify(ops));
    assert.equal(
      (await patch([{ op: 'add', path: '/data/new', value: 'x' }])).stdout,
      'configmap/settings patched\n',
    );
    assert.equal((await settings())['new'], 'x');
    assert.equal((await patch([{ op: 'remove', path: '/data/new' }])).code, 0);
    await refuses(patch([{ op: 'test', path: '/data/colour', value: 'none' }]), /\/data\/colour/);
    await refuses(patch([{ op: 'remove', path: '/data/none' }]), /\/data\/none|does not exist/);
  });

  test('patch: a merge replaces lists and removes nulls', async () => {
    await kubectl('patch', 'cm', 'settings', '--type=merge', '-p', '{"data":{"size":null,"weight":"1"}}');
    assert.deepEqual(await settings(), { colour: 'red', weight: '1' });
    const ports = '{"spec":{"ports":[{"name":"only","port":90}]}}';
    await kubectl('patch', 'svc', 'app', '--type=merge', '-p', ports);
    assert.equal(await at('svc/app', '.spec.ports[*].name'), 'only');
  });

  test('patch: a strategic merge meets list items by their keys', async () => {
    const env =
      '{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"TWO","value":"zwei"},{"name":"ONE","$patch":"delete"},{"name":"THREE","value":"3"}]}]}}}}';
    await kubectl('patch', 'deployment', 'app', '-p', env);
    const got = JSON.parse(await at('deploy/app', '.spec.template.spec.containers[0]')) as {
      image: string;
      env: { name: string; value: string }[];
    };
    assert.equal(got.image, 'nginx:1.27');
    assert.deepEqual(Object.fromEntries(got.env.map(({ name, value }) => [name, value])), {
      TWO: 'zwei',
      THREE: '3',
    });
    await kubectl('patch', 'svc', 'app', '-p', '{"spec":{"ports":[{"name":"more","port":91}]}}');
    assert.deepEqual((await at('svc/app', '.spec.ports[*].port')).split(' ').sort(), ['90', '91']);
  });

  test('patch: subresources', async () => {
    await kubectl(
      'patch',
      'deployment',
      'app',
      '--subresource=scale',
      '--type=merge',
      '-p',
      '{"spec":{"replicas":0}}',
    );
    assert.equal(await at('deploy/app', '.spec.replicas'), '0');
    const condition = '{"status":{"conditions":[{"type":"Mine","status":"True"}]}}';
    await kubectl('patch', 'deployment', 'app', '--subresource=status', '-p', condition);
    assert.match(await at('deploy/app', '.status.conditions[*].type'), /Mine/);
    await kubectl('patch', 'deployment', 'app', '-p', '{"status":{"observedGeneration":99}}');
    assert.notEqual(await at('deploy/app', '.status.observedGeneration'), '99');
  });

  test('replace takes the whole, and refuses what is out of date', async () => {
    const manifest = await kubectl('get', 'configmap', 'settings', '-o', 'json');
    const replaced = manifest.replace('"red"', '"white"');
    assert.equal(await kubectl.input(replaced, 'replace', '-f', '-'), 'configmap/settings replaced\n');
    assert.equal((await settings())['colour'], 'white');
    await assert.rejects(
      kubectl.input(replaced, 'replace', '-f', '-'),
      /\(Conflict\).*the object has been modified/,
    );
    const uid = await at('cm/settings', '.metadata.uid');
    await kubectl.input(second, 'replace', '--force', '-f', '-');
    assert.notEqual(await at('cm/settings', '.metadata.uid'), uid);
    assert.deepEqual(await settings(), { colour: 'green', shape: 'round' });
  });

  test('label and annotate', async () => {
    const label = (...words: string[]) => kubectl.attempt('label', 'cm', 'settings', ...words);
    assert.equal((await label('tier=one', 'who=me')).stdout, 'configmap/settings labeled\n');
    await refuses(label('tier=two'), /already has a value \(one\), and --overwrite is false/);
    assert.equal((await label('tier=two', '--overwrite')).code, 0);
    assert.equal((await label('who-')).stdout, 'configmap/settings unlabeled\n');
    assert.deepEqual(JSON.parse(await at('cm/settings', '.metadata.labels')), {
      state: 'second',
      tier: 'two',
    });
    await refuses(label('tier=not valid'), /a valid label must be|Invalid value/);
    await kubectl('annotate', 'cm', 'settings', 'example.org/note=some words');
    assert.equal(await at('cm/settings', '.metadata.annotations.example\\.org/note'), 'some words');
    await kubectl('annotate', 'cm', 'settings', 'example.org/note-');
    assert.equal(await at('cm/settings', '.metadata.annotations.example\\.org/note'), '');
    assert.match(
      await kubectl('label', 'cm', '--all', 'swept=yes'),
      /kube-root-ca\.crt labeled\nconfigmap\/settings labeled/,
    );
  });

  test('scale, with a condition on what is', async () => {
    assert.equal(await kubectl('scale', 'deployment/app', '--replicas=2'), 'deployment.apps/app scaled\n');
    await refuses(
      kubectl.attempt('scale', 'deployment/app', '--replicas=3', '--current-replicas=7'),
      /Expected replicas to be 7, was 2/,
    );
    await kubectl('rollout', 'status', 'deployment/app', '--timeout=60s');
    await kubectl('scale', 'deployment', '--all', '--replicas=1');
    assert.equal(await at('deploy/app', '.spec.replicas'), '1');
  });

  test('expose makes a service of what it exposes', async () => {
    await kubectl('expose', 'deployment', 'app', '--name=exposed', '--port=8080', '--target-port=80');
    assert.equal(await at('svc/exposed', '.spec.ports[0].targetPort'), '80');
    assert.equal(await at('svc/exposed', '.spec.selector.app'), 'app');
    await kubectl('expose', 'service', 'app', '--name=again', '--type=NodePort');
    assert.match(await at('svc/again', '.spec.ports[0].nodePort'), /^3\d{4}$/);
    await kubectl('run', 'single', '--image=nginx', '--port=80', '--expose');
    assert.equal(await at('svc/single', '.spec.selector.run'), 'single');
  });

  test('set image, env, resources, selector, serviceaccount', async () => {
    const container = async () =>
      JSON.parse(await at('deploy/app', '.spec.template.spec.containers[0]')) as {
        image: string;
        env: { name: string; value?: string; valueFrom?: object }[];
        resources: object;
      };
    assert.equal(
      await kubectl('set', 'image', 'deployment/app', 'web=nginx:1.26'),
      'deployment.apps/app image updated\n',
    );
    assert.equal((await container()).image, 'nginx:1.26');
    await kubectl('set', 'env', 'deployment/app', 'FOUR=4', 'TWO-');
    assert.equal(
      await kubectl('set', 'env', 'deployment/app', '--list'),
      '# Deployment app, container web\nTHREE=3\nFOUR=4\n',
    );
    await kubectl('set', 'env', 'deployment/app', '--from=configmap/settings', '--prefix=OF_');
    assert.ok((await container()).env.some(({ name, valueFrom }) => name === 'OF_COLOUR' && valueFrom));
    await kubectl(
      'set',
      'resources',
      'deployment/app',
      '--requests=cpu=10m',
      '--limits=cpu=200m,memory=64Mi',
    );
    assert.deepEqual((await container()).resources, {
      requests: { cpu: '10m' },
      limits: { cpu: '200m', memory: '64Mi' },
    });
    await kubectl('set', 'selector', 'service/exposed', 'app=none');
    assert.equal(await at('svc/exposed', '.spec.selector.app'), 'none');
    await kubectl('create', 'serviceaccount', 'robot');
    await kubectl('set', 'serviceaccount', 'deployment/app', 'robot');
    assert.equal(await at('deploy/app', '.spec.template.spec.serviceAccountName'), 'robot');
    await kubectl('rollout', 'status', 'deployment/app', '--timeout=60s');
  });
});
