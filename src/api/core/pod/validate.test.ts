import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fromYaml, said } from '../../testObjects.ts';
import { validateCreate, validateUpdate } from '../../validate.ts';
import { pod } from './kind.ts';

const wrong = (spec: string) => said(validateCreate(pod, fromYaml(pod, `{ spec: ${spec} }`)));
const inContainer = (fields: string) =>
  wrong(`{ volumes: [{ name: v }], containers: [{ name: a, image: i, ${fields} }] }`);

test('a pod with all that a pod may have is fine', () => {
  const spec = `
      hostname: web
      hostnameOverride: ${'a'.repeat(60)}.b.c
      subdomain: db
      nodeSelector: { disk: ssd }
      tolerations: [{ key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 5 }, { operator: Exists }]
      dnsConfig: { nameservers: [10.96.0.10], searches: [a.b., _x.c, .], options: [{ name: ndots, value: '2' }] }
      hostAliases: [{ ip: 10.1.1.1, hostnames: [foo.local] }]
      securityContext: { runAsUser: 1000, fsGroup: 2000, supplementalGroups: [1] }
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms: [{ matchExpressions: [{ key: zone, operator: In, values: [a] }] }]
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
          - { weight: 100, podAffinityTerm: { topologyKey: kubernetes.io/hostname, labelSelector: {} } }
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule }]
      volumes:
      - { name: config, configMap: { name: c, items: [{ key: nginx.conf, path: conf.d/nginx.conf, mode: 256 }] } }
      - { name: host, hostPath: { path: /data, type: Directory } }
      - { name: info, downwardAPI: { items: [{ path: labels, fieldRef: { fieldPath: metadata.labels } }] } }
      - name: all
        projected:
          sources:
          - serviceAccountToken: { path: token }
          - configMap: { name: kube-root-ca.crt }
      initContainers:
      - { name: init, image: busybox }
      - { name: proxy, image: envoy, restartPolicy: Always, startupProbe: { tcpSocket: { port: 1 } } }
      containers:
      - name: web
        image: nginx
        ports: [{ name: http, containerPort: 80 }, { name: dns, containerPort: 53, protocol: UDP }]
        env:
        - { name: A, value: b }
        - { name: IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } }
        - { name: APP, valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } }
        - { name: CPU, valueFrom: { resourceFieldRef: { resource: limits.cpu } } }
        - { name: S, valueFrom: { secretKeyRef: { name: s, key: k } } }
        envFrom: [{ configMapRef: { name: c } }]
        resources: { limits: { cpu: 1, memory: 1Gi, example.com/gpu: 1 }, requests: { cpu: 100m } }
        volumeMounts: [{ name: config, mountPath: /etc/nginx, subPath: conf }]
        readinessProbe: { httpGet: { port: http, httpHeaders: [{ name: Host, value: a }] } }
        livenessProbe: { exec: { command: ['true'] } }
        startupProbe: { grpc: { port: 9000 } }
        lifecycle: { preStop: { sleep: { seconds: 1 } }, postStart: { exec: { command: ['true'] } } }
  `;
  assert.deepEqual(said(validateCreate(pod, fromYaml(pod, `spec:${spec}`))), []);
});

describe('a container is refused', () => {
  const bad: [string, string][] = [
    [
      'ports: [{ name: http, containerPort: 0 }]',
      'spec.containers[0].ports[0].containerPort: Required value',
    ],
    [
      'ports: [{ name: a-very-long-port-name, containerPort: 1 }]',
      'spec.containers[0].ports[0].name: Invalid value: "a-very-long-port-name": must be no more than 15 bytes',
    ],
    [
      'ports: [{ name: a, containerPort: 1 }, { name: a, containerPort: 2 }]',
      'spec.containers[0].ports[1].name: Duplicate value: "a"',
    ],
    [
      'ports: [{ containerPort: 1, hostPort: 9 }, { containerPort: 2, hostPort: 9 }]',
      'spec.containers[0].ports[1].hostPort: Duplicate value: "TCP//9"',
    ],
    ['env: [{ value: a }]', 'spec.containers[0].env[0].name: Required value'],
    [
      'env: [{ name: A, value: a, valueFrom: { fieldRef: { fieldPath: metadata.name } } }]',
      'spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
    ],
    [
      'env: [{ name: A, valueFrom: {} }]',
      'spec.containers[0].env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
    ],
    [
      'env: [{ name: A, valueFrom: { resourceFieldRef: { resource: limits.disk } } }]',
      'spec.containers[0].env[0].valueFrom.resourceFieldRef.resource: Unsupported value: "limits.disk": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"',
    ],
    [
      'resources: { limits: { cpu: 100m }, requests: { cpu: 200m } }',
      'spec.containers[0].resources.requests: Invalid value: "200m": must be less than or equal to cpu limit of 100m',
    ],
    [
      'resources: { requests: { disk: 1 } }',
      'spec.containers[0].resources.requests[disk]: Invalid value: "disk": must be a standard resource for containers',
    ],
    ['volumeMounts: [{ name: w, mountPath: /a }]', 'spec.containers[0].volumeMounts[0].name: Not found: "w"'],
    [
      'volumeMounts: [{ name: v, mountPath: /a }, { name: v, mountPath: /a }]',
      'spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique',
    ],
    [
      'volumeMounts: [{ name: v, mountPath: /a, subPath: ../b }]',
      'spec.containers[0].volumeMounts[0].subPath: Invalid value: "../b": must not contain \'..\'',
    ],
    ['livenessProbe: {}', 'spec.containers[0].livenessProbe: Required value: must specify a handler type'],
    [
      'livenessProbe: { exec: { command: [a] }, tcpSocket: { port: 1 } }',
      'spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
    ],
    [
      'livenessProbe: { tcpSocket: { port: 1 }, successThreshold: 2 }',
      'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
    ],
    [
      'readinessProbe: { tcpSocket: { port: 1 }, periodSeconds: -1 }',
      'spec.containers[0].readinessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'readinessProbe: { httpGet: { port: 80, scheme: FTP } }',
      'spec.containers[0].readinessProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"',
    ],
    [
      'imagePullPolicy: Sometimes',
      'spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"',
    ],
  ];
  for (const [fields, message] of bad)
    test(message, () => {
      assert.deepEqual(inContainer(fields), [message]);
    });
});

describe('a pod is refused', () => {
  const one = 'containers: [{ name: a, image: i }]';
  const bad: [string, ...string[]][] = [
    ['{}', 'spec.containers: Required value'],
    ['{ containers: [{ image: i }] }', 'spec.containers[0].name: Required value'],
    ['{ containers: [{ name: a }] }', 'spec.containers[0].image: Required value'],
    [
      '{ containers: [{ name: a, image: i }, { name: a, image: i }] }',
      'spec.containers[1].name: Duplicate value: "a"',
    ],
    [
      `{ ${one}, restartPolicy: Once }`,
      'spec.restartPolicy: Unsupported value: "Once": supported values: "Always", "Never", "OnFailure"',
    ],
    [
      `{ ${one}, initContainers: [{ name: b, image: i, livenessProbe: { tcpSocket: { port: 1 } } }] }`,
      'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
    [
      `{ ${one}, volumes: [{ name: v, emptyDir: {}, hostPath: { path: /a } }] }`,
      'spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type',
    ],
    [`{ ${one}, volumes: [{ name: v }, { name: v }] }`, 'spec.volumes[1].name: Duplicate value: "v"'],
    [
      `{ ${one}, volumes: [{ name: v, configMap: { name: c, defaultMode: 1000 } }] }`,
      'spec.volumes[0].configMap.defaultMode: Invalid value: 1000: must be a number between 0 and 0777 (octal), both inclusive',
    ],
    [
      `{ ${one}, volumes: [{ name: v, nfs: {} }] }`,
      'spec.volumes[0].nfs.server: Required value',
      'spec.volumes[0].nfs.path: Required value',
      'spec.volumes[0].nfs.path: Invalid value: "": must be an absolute path',
    ],
    [
      `{ ${one}, volumes: [{ name: v, rbd: { monitors: [], image: a } }] }`,
      'spec.volumes[0].rbd.monitors: Required value',
    ],
    [
      `{ ${one}, hostnameOverride: a.b, setHostnameAsFQDN: true }`,
      'spec.hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN is true',
    ],
    [
      `{ ${one}, securityContext: { sysctls: [{ name: foo-, value: a }, { name: kernel/msgmax, value: "1" }, { name: bar.., value: a }] } }`,
      String.raw`spec.securityContext.sysctls[0].name: Invalid value: "foo-": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$`,
      String.raw`spec.securityContext.sysctls[2].name: Invalid value: "bar..": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$`,
    ],
    [
      `{ ${one}, securityContext: { sysctls: [{ name: net.core.somaxconn, value: "1" }, { name: net.core.somaxconn, value: "2" }] } }`,
      'spec.securityContext.sysctls[1].name: Duplicate value: "net.core.somaxconn"',
    ],
    [
      `{ ${one}, hostNetwork: true, hostIPC: true, securityContext: { sysctls: [{ name: net/core/somaxconn, value: "1" }, { name: kernel.shmmax, value: "1" }] } }`,
      `spec.securityContext.sysctls[0].name: Invalid value: "net/core/somaxconn": may not be specified when 'hostNetwork' is true`,
      `spec.securityContext.sysctls[1].name: Invalid value: "kernel.shmmax": may not be specified when 'hostIPC' is true`,
    ],
    [
      `{ ${one}, hostnameOverride: a.b, hostNetwork: true }`,
      'spec.hostnameOverride: Forbidden: may not be specified when hostNetwork is true',
    ],
    [
      `{ ${one}, hostnameOverride: ${'a'.repeat(65)} }`,
      'spec.hostnameOverride: Too long: may not be more than 64 bytes',
    ],
    [
      `{ ${one}, os: { name: beos } }`,
      'spec.os.name: Unsupported value: "beos": supported values: "linux", "windows"',
    ],
    [
      `{ ${one}, dnsPolicy: None }`,
      'spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None',
    ],
    [
      `{ ${one}, tolerations: [{ key: a, operator: Exists, value: b }] }`,
      'spec.tolerations[0].operator: Invalid value: {"key":"a","operator":"Exists","value":"b"}: value must be empty when `operator` is \'Exists\'',
    ],
    [
      `{ ${one}, affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } } }`,
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term',
    ],
    [
      `{ ${one}, activeDeadlineSeconds: 0 }`,
      'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
    ],
  ];
  for (const [spec, ...messages] of bad)
    test(messages.join(', '), () => {
      assert.deepEqual(wrong(spec), messages);
    });
});

describe('a pod that exists', () => {
  const change = (before: string, after: string) =>
    said(
      validateUpdate(pod, fromYaml(pod, `{ spec: { ${after} } }`), fromYaml(pod, `{ spec: { ${before} } }`)),
    );
  const web = 'containers: [{ name: web, image: nginx:1, env: [] }]';

  test('may get another image, more tolerations and a shorter life', () => {
    assert.deepEqual(
      change(web, 'containers: [{ name: web, image: nginx:2, imagePullPolicy: IfNotPresent, env: [] }]'),
      [],
    );
    assert.deepEqual(change(web, `${web}, tolerations: [{ operator: Exists }]`), []);
    assert.deepEqual(change(`${web}, activeDeadlineSeconds: 9`, `${web}, activeDeadlineSeconds: 5`), []);
  });

  test('comes to a node once', () => {
    assert.deepEqual(change(web, `${web}, nodeName: node-1`), []);
    assert.match(
      change(`${web}, nodeName: node-1`, `${web}, nodeName: node-2`)[0] ?? '',
      /^spec: Forbidden: pod updates may not change/,
    );
  });

  test('stays as it is otherwise', () => {
    assert.match(
      change(web, 'containers: [{ name: web, image: nginx:1, env: [{ name: A }] }]')[0] ?? '',
      /^spec: Forbidden: pod updates may not change fields other than `spec\.containers\[\*\]\.image`/,
    );
    assert.deepEqual(change(web, 'containers: [{ name: a, image: i }, { name: b, image: i }]'), [
      'spec.containers: Forbidden: pod updates may not add or remove containers',
    ]);
    assert.deepEqual(change(`${web}, tolerations: [{ operator: Exists }]`, web), [
      'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
    ]);
    assert.deepEqual(change(`${web}, activeDeadlineSeconds: 5`, `${web}, activeDeadlineSeconds: 9`), [
      'spec.activeDeadlineSeconds: Invalid value: 9: must be less than or equal to previous value',
    ]);
  });
});
