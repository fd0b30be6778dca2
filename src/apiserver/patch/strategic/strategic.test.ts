import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import '../../../api/kinds.ts';
import { StatusError } from '../../../api/errors.ts';
import { applyPatch } from '../index.ts';

/** Three documents: the object, the patch, what comes of it. */
function becomes(message: string, documents: string): void {
  const [current, body, expected] = parseAllDocuments(documents).map((d) => d.toJS() as object);
  const contentType = 'application/strategic-merge-patch+json';
  assert.deepEqual(applyPatch({ contentType, body, current: current ?? {}, message }), expected);
}

const refused = (message: string, current: string, patch: string, why: RegExp) =>
  assert.throws(
    () =>
      applyPatch({
        contentType: 'application/strategic-merge-patch+json',
        body: parse(patch),
        current: parse(current) as object,
        message,
      }),
    (err) => err instanceof StatusError && err.status.code === 400 && why.test(err.message),
  );

describe('a strategic merge patch', () => {
  test('merges objects, and null takes a member away', () => {
    becomes(
      'core/v1.ConfigMap',
      `
metadata: {name: c, labels: {a: "1", b: "2"}}
data: {x: old, y: old}
---
metadata: {labels: {a: null, c: "3"}}
data: {x: new}
---
metadata: {name: c, labels: {b: "2", c: "3"}}
data: {x: new, y: old}
`,
    );
  });

  test('merges containers by name, and what is below them', () => {
    becomes(
      'apps/v1.Deployment',
      `
spec:
  template:
    spec:
      containers:
      - {name: web, image: nginx:1, env: [{name: A, value: "1"}, {name: B, value: "2"}], args: [a, b]}
      - {name: log, image: busybox}
---
spec:
  template:
    spec:
      containers:
      - {name: web, image: nginx:2, env: [{name: B, value: new}], args: [c]}
---
spec:
  template:
    spec:
      containers:
      - {name: web, image: nginx:2, env: [{name: A, value: "1"}, {name: B, value: new}], args: [c]}
      - {name: log, image: busybox}
`,
    );
  });

  test('places a new item before the ones that it does not name', () => {
    becomes(
      'core/v1.Pod',
      `
spec: {containers: [{name: a}, {name: b}]}
---
spec: {containers: [{name: new, image: x}]}
---
spec: {containers: [{name: new, image: x}, {name: a}, {name: b}]}
`,
    );
  });

  test('merges volume mounts by their path and volumes by name', () => {
    becomes(
      'core/v1.Pod',
      `
spec:
  containers: [{name: a, volumeMounts: [{name: v, mountPath: /x}, {name: v, mountPath: /y}]}]
  volumes: [{name: v, emptyDir: {}}]
---
spec:
  containers: [{name: a, volumeMounts: [{mountPath: /y, readOnly: true}, {mountPath: /x, $patch: delete}]}]
  volumes: [{name: v, $retainKeys: [name, configMap], configMap: {name: c}}]
---
spec:
  containers: [{name: a, volumeMounts: [{name: v, mountPath: /y, readOnly: true}]}]
  volumes: [{name: v, configMap: {name: c}}]
`,
    );
  });

  test('replaces the addresses of a node as a kubelet asks for, two of one type included', () => {
    becomes(
      'core/v1.Node',
      `
status: {addresses: [{type: InternalIP, address: 172.30.0.9}]}
---
status:
  addresses:
  - {$patch: replace}
  - {type: InternalIP, address: 172.30.0.2}
  - {type: InternalIP, address: 'fd30::2'}
---
status: {addresses: [{type: InternalIP, address: 172.30.0.2}, {type: InternalIP, address: 'fd30::2'}]}
`,
    );
  });

  test('replaces tolerations, which are atomic', () => {
    becomes(
      'core/v1.Pod',
      `
spec: {tolerations: [{key: a, operator: Exists}, {key: b, operator: Exists}]}
---
spec: {tolerations: [{key: c, operator: Exists}]}
---
spec: {tolerations: [{key: c, operator: Exists}]}
`,
    );
  });

  test('of kubectl apply changes one port of a Service', () => {
    becomes(
      'core/v1.Service',
      `
spec:
  clusterIP: 10.96.0.7
  ports:
  - {name: http, port: 80, protocol: TCP, targetPort: 8080, nodePort: 30080}
  - {name: old, port: 81, protocol: TCP, targetPort: 81}
---
spec:
  $setElementOrder/ports: [{port: 443}, {port: 80}]
  ports:
  - {name: https, port: 443, targetPort: 8443}
  - {port: 80, targetPort: web}
  - {port: 81, $patch: delete}
---
spec:
  clusterIP: 10.96.0.7
  ports:
  - {name: https, port: 443, targetPort: 8443}
  - {name: http, port: 80, protocol: TCP, targetPort: web, nodePort: 30080}
`,
    );
  });

  test('of kubectl apply changes nothing but the order', () => {
    becomes(
      'core/v1.Pod',
      `
spec: {containers: [{name: a}, {name: sidecar}, {name: b}]}
---
spec: {$setElementOrder/containers: [{name: b}, {name: a}]}
---
spec: {containers: [{name: sidecar}, {name: b}, {name: a}]}
`,
    );
  });

  test('of kubectl apply leaves alone what an admission controller added', () => {
    becomes(
      'core/v1.Pod',
      `
spec: {containers: [{name: injected, image: i}, {name: web, image: "1"}]}
---
spec:
  $setElementOrder/containers: [{name: web}]
  containers: [{name: web, image: "2"}]
---
spec: {containers: [{name: injected, image: i}, {name: web, image: "2"}]}
`,
    );
  });

  test('sets a list that was not there, in the order that is asked for', () => {
    becomes(
      'core/v1.Pod',
      `
spec: {}
---
spec:
  $setElementOrder/containers: [{name: b}, {name: a}]
  containers: [{name: b, image: x}, {name: a, command: null}]
---
spec: {containers: [{name: b, image: x}, {name: a}]}
`,
    );
  });

  test('adds to a set of finalizers and takes away from it', () => {
    becomes(
      'core/v1.Pod',
      `
metadata: {finalizers: [a, b]}
---
metadata: {finalizers: [b, c]}
---
metadata: {finalizers: [a, b, c]}
`,
    );
    becomes(
      'core/v1.Pod',
      `
metadata: {finalizers: [a, b, c]}
---
metadata:
  $deleteFromPrimitiveList/finalizers: [b]
  $setElementOrder/finalizers: [c, a]
---
metadata: {finalizers: [c, a]}
`,
    );
  });

  test('replaces an object, a list and an object to nothing, when $patch says so', () => {
    becomes(
      'apps/v1.Deployment',
      `
metadata: {labels: {a: "1"}, annotations: {x: y}}
spec:
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}
  template: {spec: {containers: [{name: a}, {name: b}]}}
---
metadata: {labels: {$patch: replace, b: "2"}, annotations: {$patch: delete}}
spec:
  strategy: {$patch: merge, type: RollingUpdate}
  template: {spec: {containers: [{name: c}, {$patch: replace}]}}
---
metadata: {labels: {b: "2"}, annotations: {}}
spec:
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}
  template: {spec: {containers: [{name: c}]}}
`,
    );
  });

  test('changes a strategy from one kind to the other', () => {
    becomes(
      'apps/v1.Deployment',
      `
spec: {strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}}
---
spec: {strategy: {$retainKeys: [type], type: Recreate}}
---
spec: {strategy: {type: Recreate}}
`,
    );
  });

  test('merges conditions by type', () => {
    becomes(
      'core/v1.Node',
      `
status: {conditions: [{type: Ready, status: "True"}, {type: DiskPressure, status: "False"}]}
---
status: {conditions: [{type: DiskPressure, status: "True"}]}
---
status: {conditions: [{type: Ready, status: "True"}, {type: DiskPressure, status: "True"}]}
`,
    );
  });

  test('keeps no directive and no null in what it adds', () => {
    becomes(
      'core/v1.Pod',
      `
spec: {}
---
spec:
  $setElementOrder/volumes: [{name: v}]
  volumes: [{name: v, $retainKeys: [name, emptyDir], emptyDir: {medium: null}}]
  securityContext: {$patch: replace, runAsUser: 1}
---
spec: {volumes: [{name: v, emptyDir: {}}], securityContext: {runAsUser: 1}}
`,
    );
  });

  test('takes a list away by null', () => {
    becomes(
      'core/v1.Service',
      'spec: {ports: [{port: 1}]}\n---\nspec: {ports: null, externalIPs: null}\n---\nspec: {}',
    );
  });

  test('of very many items takes time in proportion to their number', { timeout: 5_000 }, () => {
    const items = (n: number) => Array.from({ length: n }, (_, i) => ({ name: `c${i}` }));
    const patch = items(50_000).map((item, i) =>
      i % 2 ? { ...item, image: 'x' } : { ...item, $patch: 'delete' },
    );
    const patched = applyPatch({
      contentType: 'application/strategic-merge-patch+json',
      body: { spec: { containers: patch } },
      current: { spec: { containers: items(50_000) } },
      message: 'core/v1.Pod',
    }) as { spec: { containers: unknown[] } };
    assert.equal(patched.spec.containers.length, 25_000);
    assert.deepEqual(patched.spec.containers[0], { name: 'c1', image: 'x' });
  });

  for (const [what, patch, why] of [
    [
      'brings an item without its merge key',
      '{spec: {containers: [{image: x}]}}',
      /does not contain declared merge key: name/,
    ],
    ['has an unknown directive', '{spec: {$patch: upsert}}', /unknown patch type: "upsert"/],
    ['has an item that is no object', '{spec: {containers: [x]}}', /an item of a list of objects/],
    [
      'does not retain what it sets',
      '{spec: {volumes: [{name: v, $retainKeys: [name], emptyDir: {}}]}}',
      /does not name emptyDir/,
    ],
    ['retains no list', '{spec: {$retainKeys: yes please}}', /it is no list/],
    [
      'orders otherwise than it lists',
      '{spec: {$setElementOrder/containers: [{name: b}, {name: a}], containers: [{name: a}, {name: b}]}}',
      /order in the patch list does not match/,
    ],
    ['orders by no list', '{spec: {$setElementOrder/containers: 1}}', /is no list/],
    ['deletes by no list', '{metadata: {$deleteFromPrimitiveList/finalizers: 1}}', /is no list/],
    ['puts an object among scalars', '{metadata: {finalizers: [{a: 1}]}}', /list of scalars/],
  ] as const) {
    test(`that ${what} is a bad request`, () => {
      refused(
        'core/v1.Pod',
        '{metadata: {finalizers: [f]}, spec: {containers: [{name: a}], volumes: [{name: v}]}}',
        patch,
        why,
      );
    });
  }
});
