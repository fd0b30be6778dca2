import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { deployment } from '../apps/deployment/kind.ts';
import { statefulSet } from '../apps/statefulset/kind.ts';
import { pod } from '../core/pod/kind.ts';
import { secret } from '../core/secret/kind.ts';
import { service } from '../core/service/kind.ts';
import type { Kind } from '../kind.ts';
import { fromYaml } from '../testObjects.ts';
import type { KubeObject, Pod, Service } from '../types.ts';
import { setDefaults } from './defaults.ts';

/** Compares all but what says which object it is. */
function becomes<T extends KubeObject>(kind: Kind<T>, given: string, expected: string) {
  const made = fromYaml(kind, given);
  const { apiVersion, kind: name, metadata } = made;
  assert.deepEqual(made, { apiVersion, kind: name, metadata, ...Object(parse(expected)) });
}

describe('a Service gets', () => {
  test('its type, protocols, target ports and policies', () => {
    becomes(
      service,
      '{ spec: { selector: { app: web }, ports: [{ port: 80 }, { name: dns, port: 53, protocol: UDP, targetPort: dns }] } }',
      `
      spec:
        type: ClusterIP
        selector: { app: web }
        sessionAffinity: None
        internalTrafficPolicy: Cluster
        ports:
        - { port: 80, protocol: TCP, targetPort: 80 }
        - { name: dns, port: 53, protocol: UDP, targetPort: dns }
      status: { loadBalancer: {} }
      `,
    );
  });

  const specOf = (yaml: string) =>
    fromYaml(service, `{ spec: ${yaml} }`).spec as NonNullable<Service['spec']>;

  test('three hours of affinity, and none that it did not ask for', () => {
    assert.deepEqual(specOf('{ sessionAffinity: ClientIP }').sessionAffinityConfig, {
      clientIP: { timeoutSeconds: 10800 },
    });
    assert.deepEqual(
      specOf('{ sessionAffinity: ClientIP, sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } }')
        .sessionAffinityConfig,
      { clientIP: { timeoutSeconds: 60 } },
    );
    assert.equal(
      specOf('{ sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } }').sessionAffinityConfig,
      undefined,
    );
  });

  test('an external policy only when it can be reached from outside', () => {
    assert.equal(specOf('{ type: NodePort }').externalTrafficPolicy, 'Cluster');
    assert.equal(specOf('{ externalIPs: [10.1.1.1] }').externalTrafficPolicy, 'Cluster');
    assert.equal(specOf('{}').externalTrafficPolicy, undefined);
    assert.equal(specOf('{ type: LoadBalancer }').allocateLoadBalancerNodePorts, true);
    assert.equal(specOf('{ type: ExternalName }').internalTrafficPolicy, undefined);
  });
});

describe('a pod gets', () => {
  const specOf = (yaml: string) => fromYaml(pod, `{ spec: ${yaml} }`).spec as NonNullable<Pod['spec']>;
  const containerOf = (yaml: string) => specOf(`{ containers: [${yaml}] }`).containers[0];

  test('what people know from kubectl get -o yaml', () => {
    becomes(
      pod,
      '{ spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] } }',
      `
      spec:
        restartPolicy: Always
        terminationGracePeriodSeconds: 30
        dnsPolicy: ClusterFirst
        schedulerName: default-scheduler
        securityContext: {}
        containers:
        - name: web
          image: nginx
          imagePullPolicy: Always
          ports: [{ containerPort: 80, protocol: TCP }]
          resources: {}
          terminationMessagePath: /dev/termination-log
          terminationMessagePolicy: File
      status: { phase: Pending, qosClass: BestEffort }
      `,
    );
  });

  const images: Record<string, string> = {
    nginx: 'Always',
    'nginx:latest': 'Always',
    'nginx:1.27': 'IfNotPresent',
    'localhost:5000/nginx': 'Always',
    'localhost:5000/nginx:1.27': 'IfNotPresent',
    'nginx@sha256:0123456789012345678901234567890123456789012345678901234567890123': 'IfNotPresent',
  };
  for (const [image, policy] of Object.entries(images))
    test(`${policy} as pull policy for the image ${image}`, () => {
      assert.equal(containerOf(`{ image: '${image}' }`)?.imagePullPolicy, policy);
    });

  test('the times of its probes, also for a zero', () => {
    assert.deepEqual(
      containerOf('{ image: a:1, readinessProbe: { httpGet: { port: 80 }, periodSeconds: 0 } }')
        ?.readinessProbe,
      {
        httpGet: { port: 80, path: '/', scheme: 'HTTP' },
        timeoutSeconds: 1,
        periodSeconds: 10,
        successThreshold: 1,
        failureThreshold: 3,
      },
    );
  });

  test('an emptyDir for a volume without a source, and modes for files', () => {
    const { volumes } = specOf(
      '{ volumes: [{ name: a }, { name: b, configMap: { name: c } }, { name: d, hostPath: { path: /x } }] }',
    );
    assert.deepEqual(volumes, [
      { name: 'a', emptyDir: {} },
      { name: 'b', configMap: { name: 'c', defaultMode: 420 } },
      { name: 'd', hostPath: { path: '/x', type: '' } },
    ]);
  });

  test('requests as large as its limits, and the class that follows', () => {
    const made = fromYaml(
      pod,
      '{ spec: { containers: [{ name: a, resources: { limits: { cpu: 1, memory: 1Gi }, requests: { cpu: 500m } } }] } }',
    );
    assert.deepEqual(made.spec?.containers[0]?.resources?.requests, { cpu: '500m', memory: '1Gi' });
    assert.equal(made.status?.qosClass, 'Burstable');
    const guaranteed = fromYaml(
      pod,
      '{ spec: { containers: [{ resources: { limits: { cpu: 1, memory: 1Gi } } }] } }',
    );
    assert.equal(guaranteed.status?.qosClass, 'Guaranteed');
  });

  test('the node ports of its containers when it is in the node network', () => {
    const { containers } = specOf('{ hostNetwork: true, containers: [{ ports: [{ containerPort: 80 }] }] }');
    assert.equal(containers[0]?.ports?.[0]?.hostPort, 80);
  });

  test('both names of its service account', () => {
    const { serviceAccount, serviceAccountName } = specOf('{ serviceAccountName: robot }');
    assert.deepEqual([serviceAccount, serviceAccountName], ['robot', 'robot']);
    assert.equal(specOf('{ serviceAccount: robot }').serviceAccountName, 'robot');
  });
});

describe('workloads get', () => {
  test('a Deployment its strategy and numbers, but a template not what only pods get', () => {
    becomes(
      deployment,
      '{ spec: { selector: { matchLabels: { a: b } }, template: { spec: { containers: [{ name: web, image: nginx:1, resources: { limits: { cpu: 1 } } }] } } } }',
      `
      spec:
        replicas: 1
        revisionHistoryLimit: 10
        progressDeadlineSeconds: 600
        selector: { matchLabels: { a: b } }
        strategy: { type: RollingUpdate, rollingUpdate: { maxSurge: 25%, maxUnavailable: 25% } }
        template:
          spec:
            restartPolicy: Always
            terminationGracePeriodSeconds: 30
            dnsPolicy: ClusterFirst
            schedulerName: default-scheduler
            securityContext: {}
            containers:
            - name: web
              image: nginx:1
              imagePullPolicy: IfNotPresent
              resources: { limits: { cpu: '1' } }
              terminationMessagePath: /dev/termination-log
              terminationMessagePolicy: File
      status: {}
      `,
    );
    const recreate = fromYaml(deployment, '{ spec: { replicas: 0, strategy: { type: Recreate } } }');
    assert.deepEqual(recreate.spec?.strategy, { type: 'Recreate' });
    assert.equal(recreate.spec?.replicas, 0);
  });

  test('a StatefulSet its order, strategy, and what becomes of its claims', () => {
    const { spec } = fromYaml(
      statefulSet,
      '{ spec: { volumeClaimTemplates: [{ metadata: { name: data } }] } }',
    );
    assert.equal(spec?.podManagementPolicy, 'OrderedReady');
    assert.deepEqual(spec?.updateStrategy, { type: 'RollingUpdate', rollingUpdate: { partition: 0 } });
    assert.deepEqual(spec?.persistentVolumeClaimRetentionPolicy, {
      whenDeleted: 'Retain',
      whenScaled: 'Retain',
    });
    assert.deepEqual(spec?.volumeClaimTemplates?.[0], {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data' },
      spec: { resources: {}, volumeMode: 'Filesystem' },
      status: { phase: 'Pending' },
    });
  });
});

test('the stringData of a Secret goes into its data', () => {
  becomes(
    secret,
    '{ data: { a: b2xk, b: a2VwdA== }, stringData: { a: new } }',
    '{ type: Opaque, data: { a: bmV3, b: a2VwdA== } }',
  );
});

test('defaults set twice are the same as once, for objects with everything in them', () => {
  const given = fromYaml(
    pod,
    `spec:
       hostNetwork: true
       volumes: [{ name: a }, { name: b, projected: { sources: [{ serviceAccountToken: { path: t } }] } }]
       containers:
       - name: a
         image: nginx
         env: [{ name: A, valueFrom: { fieldRef: { fieldPath: metadata.name } } }]
         livenessProbe: { grpc: { port: 1 } }
         ports: [{ containerPort: 1 }]`,
  );
  assert.deepEqual(setDefaults(pod, structuredClone(given)), given);
});
