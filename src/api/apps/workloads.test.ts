import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Kind } from '../kind.ts';
import { tableOf } from '../table.ts';
import { fromYaml, said } from '../testObjects.ts';
import type { KubeObject } from '../types.ts';
import { validateCreate, validateUpdate } from '../validate.ts';
import { controllerRevision } from './controllerrevision/kind.ts';
import { daemonSet } from './daemonset/kind.ts';
import { deployment } from './deployment/kind.ts';
import { replicaSet } from './replicaset/kind.ts';
import { statefulSet } from './statefulset/kind.ts';

const pods = (spec = '') =>
  `template: { metadata: { labels: { app: web } }, spec: { ${spec} containers: [{ name: web, image: nginx }] } }`;
const selector = 'selector: { matchLabels: { app: web } }';

const wrong = <T extends KubeObject>(kind: Kind<T>, spec: string) =>
  said(validateCreate(kind, fromYaml(kind, `{ spec: { ${spec} } }`)));

const change = <T extends KubeObject>(kind: Kind<T>, before: string, after: string) =>
  said(
    validateUpdate(kind, fromYaml(kind, `{ spec: { ${after} } }`), fromYaml(kind, `{ spec: { ${before} } }`)),
  );

for (const kind of [deployment, replicaSet, statefulSet] as Kind[])
  describe(`a ${kind.resource.kind}`, () => {
    test('with a selector that matches its template is fine', () => {
      assert.deepEqual(wrong(kind, `${selector}, ${pods()}`), []);
      assert.deepEqual(wrong(kind, `replicas: 0, ${selector}, ${pods()}`), []);
    });

    test('needs a selector, one that selects its pods and not everything', () => {
      assert.deepEqual(wrong(kind, pods()), ['spec.selector: Required value']);
      assert.match(
        wrong(kind, `selector: {}, ${pods()}`)[0] ?? '',
        /^spec\.selector: Invalid value: \{\}: empty selector is invalid for /,
      );
      assert.deepEqual(wrong(kind, `selector: { matchLabels: { app: db } }, ${pods()}`), [
        'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
      ]);
    });

    test('is refused for less than no replicas, for pods that end, and for bad pods', () => {
      assert.deepEqual(wrong(kind, `replicas: -1, ${selector}, ${pods()}`), [
        'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      ]);
      assert.deepEqual(wrong(kind, `${selector}, ${pods('restartPolicy: Never,')}`), [
        'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
      ]);
      assert.deepEqual(wrong(kind, `${selector}, template: { metadata: { labels: { app: web } } }`), [
        'spec.template.spec.containers: Required value',
      ]);
    });
  });

describe('a Deployment', () => {
  test('keeps its selector', () => {
    const other =
      'selector: { matchLabels: { app: web, v: "2" } }, template: { metadata: { labels: { app: web, v: "2" } }, spec: { containers: [{ name: web, image: nginx }] } }';
    assert.deepEqual(change(deployment, `${selector}, ${pods()}`, other), [
      'spec.selector: Invalid value: {"matchLabels":{"app":"web","v":"2"}}: field is immutable',
    ]);
  });

  test('must be able to replace its pods', () => {
    const strategy = (text: string) => wrong(deployment, `${selector}, ${pods()}, strategy: ${text}`);
    assert.deepEqual(strategy('{ type: Recreate, rollingUpdate: { maxSurge: 1 } }'), [
      "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
    ]);
    assert.deepEqual(strategy('{ rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } }'), [
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
    ]);
    assert.match(
      strategy('{ rollingUpdate: { maxSurge: some } }')[0] ?? '',
      /maxSurge: Invalid value: "some": a valid percent string/,
    );
    assert.deepEqual(strategy('{ rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } }'), []);
    assert.deepEqual(wrong(deployment, `${selector}, ${pods()}, minReadySeconds: 600`), [
      'spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds',
    ]);
  });

  test('is printed with its pods, and wide with images and selector', () => {
    const object = fromYaml(
      deployment,
      `{ spec: { replicas: 3, ${selector}, ${pods()} }, status: { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 1 } }`,
    );
    assert.equal(
      tableOf(deployment, [object], 0).rows[0]?.cells.join(' | '),
      'web | 2/3 | 3 | 1 | <unknown> | web | nginx | app=web',
    );
  });
});

describe('a StatefulSet', () => {
  test('may change its replicas and template, nothing that its pods are made of', () => {
    const web = `${selector}, ${pods()}, serviceName: db`;
    assert.deepEqual(change(statefulSet, web, `replicas: 5, minReadySeconds: 2, ${web}`), []);
    assert.deepEqual(change(statefulSet, web, `${selector}, ${pods()}, serviceName: other`), [
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ]);
  });

  test('says in its own words what it may be', () => {
    assert.deepEqual(wrong(statefulSet, `${selector}, ${pods()}, podManagementPolicy: Random`), [
      "spec.podManagementPolicy: Invalid value: \"Random\": must be 'OrderedReady' or 'Parallel'",
    ]);
  });
});

describe('a ControllerRevision', () => {
  const revision = (more: string) => fromYaml(controllerRevision, `{ ${more} }`);

  test('has data that stays', () => {
    assert.deepEqual(said(validateCreate(controllerRevision, revision('revision: 1'))), [
      'data: Required value: data is mandatory',
    ]);
    assert.deepEqual(
      said(
        validateUpdate(
          controllerRevision,
          revision('data: { a: 2 }, revision: 1'),
          revision('data: { a: 1 }, revision: 1'),
        ),
      ),
      ['data: Invalid value: {"a":2}: field is immutable'],
    );
  });

  test('is printed with whose it is', () => {
    const object = revision(
      'metadata: { name: web-1, ownerReferences: [{ apiVersion: apps/v1, kind: StatefulSet, name: web, uid: u, controller: true }] }, data: {}, revision: 4',
    );
    assert.equal(
      tableOf(controllerRevision, [object], 0).rows[0]?.cells.join(' | '),
      'web-1 | statefulset.apps/web | 4 | <unknown>',
    );
  });
});

describe('a DaemonSet', () => {
  const strategy = (text: string) => wrong(daemonSet, `${selector}, ${pods()}, updateStrategy: ${text}`);

  test('replaces one pod at a time unless it says otherwise', () => {
    const { spec } = fromYaml(daemonSet, `{ spec: { ${selector}, ${pods()} } }`);
    assert.deepEqual(spec?.updateStrategy, {
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
    });
    assert.deepEqual(strategy('{ type: OnDelete }'), []);
  });

  test('has either fewer pods while it updates, or more', () => {
    assert.deepEqual(strategy('{ rollingUpdate: { maxSurge: 1 } }'), [
      'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero',
    ]);
    assert.deepEqual(strategy('{ rollingUpdate: { maxUnavailable: 0 } }'), [
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0',
    ]);
    assert.deepEqual(strategy('{ rollingUpdate: { maxUnavailable: 0, maxSurge: 50% } }'), []);
  });

  test('keeps its selector, and prints a column for each count', () => {
    const other =
      'selector: { matchLabels: { v: "2" } }, template: { metadata: { labels: { v: "2" } }, spec: { containers: [{ name: web, image: nginx }] } }';
    assert.match(
      change(daemonSet, `${selector}, ${pods()}`, other)[0] ?? '',
      /^spec\.selector: .*immutable$/,
    );
    const object = fromYaml(daemonSet, `{ spec: { ${selector}, ${pods('nodeSelector: { disk: ssd },')} } }`);
    const cells = tableOf(daemonSet, [object], 0).rows?.[0]?.cells ?? [];
    assert.deepEqual(cells.slice(0, 7), ['web', 0, 0, 0, 0, 0, 'disk=ssd']);
  });
});
