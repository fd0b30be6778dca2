import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fromYaml, said } from '../../testObjects.ts';
import { validateCreate } from '../../validate.ts';
import { replicationController as kind } from './kind.ts';

const template =
  'template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: c, image: nginx }] } }';
const made = (spec: string) => fromYaml(kind, `{ spec: { ${spec} } }`);
const wrong = (spec: string) => said(validateCreate(kind, made(spec)));

describe('a ReplicationController', () => {
  test('takes its selector and its labels from the template when it names none', () => {
    const { spec, metadata } = made(template);
    assert.deepEqual([spec?.replicas, spec?.selector, metadata.labels], [1, { app: 'web' }, { app: 'web' }]);
    assert.deepEqual(wrong(template), []);
  });

  test('selects its own pods, and has a template', () => {
    assert.deepEqual(wrong(`selector: { app: db }, ${template}`), [
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ]);
    assert.deepEqual(wrong('selector: { app: web }'), ['spec.template: Required value']);
    assert.deepEqual(wrong(template.replace('{ app: web }', '{}')), ['spec.selector: Required value']);
  });

  test('has pods that run for ever, and not less than none', () => {
    const ending = template.replace('containers', 'restartPolicy: Never, containers');
    assert.deepEqual(wrong(ending), [
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ]);
    assert.deepEqual(wrong(`replicas: -1, ${template}`), [
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ]);
  });
});
