/** `kubectl describe` and the columns of the kinds that the application of the other subjects has not. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { run } from '../../../src/lib/exec.ts';
import { headOf } from '../../support/columns.ts';
import { eventually } from '../../support/eventually.ts';
import type { Kubectl } from '../../support/kubectl.ts';
import { kubectlWith } from '../../support/kubectl.ts';
import { placeOf, programs, tells } from './cluster.ts';

const objects = `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: described}
spec:
  controller: example.org/controller
  parameters: {apiGroup: example.org, kind: Settings, name: all}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop}
spec:
  ingressClassName: described
  defaultBackend: {service: {name: nowhere, port: {number: 80}}}
  tls: [{hosts: [shop.example], secretName: cert}]
  rules:
    - host: shop.example
      http: {paths: [{path: /cart, pathType: Prefix, backend: {service: {name: cart, port: {name: http}}}}]}
---
apiVersion: v1
kind: Service
metadata: {name: cart}
spec: {selector: {app: cart}, ports: [{name: http, port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: walls}
spec:
  podSelector: {matchLabels: {app: cart}}
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        - podSelector: {matchLabels: {role: client}}
        - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}
      ports: [{port: 80}, {port: 53, protocol: UDP}]
  egress: [{}]
---
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: {name: described}
spec: {cidrs: [10.200.77.0/24]}
---
apiVersion: networking.k8s.io/v1
kind: IPAddress
metadata:
  name: 10.200.77.9
  labels: {ipaddress.kubernetes.io/ip-family: IPv4, ipaddress.kubernetes.io/managed-by: nobody.example.org}
spec: {parentRef: {resource: services, namespace: describing-more, name: cart}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: described}
spec:
  storageClassName: described
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  hostPath: {path: /srv/described}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: waiting}
spec:
  storageClassName: described
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 2Gi}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: described}
provisioner: example.org/nobody
parameters: {speed: high}
---
apiVersion: v1
kind: LimitRange
metadata: {name: bounds}
spec:
  limits:
    - {type: Container, default: {cpu: 500m}, defaultRequest: {cpu: 10m}, max: {cpu: "1"}}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: budget}
spec: {hard: {configmaps: "20"}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: cart}
spec: {minAvailable: 1, selector: {matchLabels: {app: cart}}}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: described}
value: 1000
preemptionPolicy: Never
description: in front
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart}
spec:
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart}}
    spec:
      containers:
        - name: web
          image: nginx:1.27
          ports: [{name: http, containerPort: 80}]
          resources: {limits: {memory: 64Mi}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: cart}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: cart}
  minReplicas: 1
  maxReplicas: 1
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: everywhere}
spec:
  selector: {matchLabels: {app: everywhere}}
  template:
    metadata: {labels: {app: everywhere}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: main, image: busybox, command: [sleep, infinity]}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: busybox, command: [echo, done]}]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: yearly}
spec:
  schedule: 0 0 1 1 *
  timeZone: Etc/UTC
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: main, image: busybox, command: [date]}]
---
apiVersion: v1
kind: ReplicationController
metadata: {name: old}
spec:
  replicas: 0
  selector: {app: old}
  template:
    metadata: {labels: {app: old}}
    spec: {containers: [{name: main, image: busybox}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: ["", apps], resources: [pods, deployments], resourceNames: [one], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: default, namespace: describing-more}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: described}
rules: [{nonResourceURLs: [/logs/*], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: described}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: described}
subjects: [{kind: User, name: somebody}, {kind: Group, name: everybody}]
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: lamps.described.example.org}
spec:
  group: described.example.org
  names: {kind: Lamp, plural: lamps}
  scope: Namespaced
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
---
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: described}
spec:
  request: REQUEST
  signerName: example.org/nobody
  usages: [client auth]
`;

/** What is asked for → words that must stand in the answer, in this order. */
const told: Record<string, RegExp[]> = {
  'ingress shop': [
    /Name: +shop/,
    /Default backend: +nowhere:80 \(<error: (services|endpoints) "nowhere" not found>\)/,
    /TLS:\n +cert terminates shop\.example/,
    /Host +Path +Backends/,
    /shop\.example +\n +\/cart +cart:http \(10\.244\.\S+:80\)/,
  ],
  'ingressclass described': [
    /Controller: +example\.org\/controller/,
    /APIGroup: +example\.org\n +Kind: +Settings\n +Name: +all/,
  ],
  'networkpolicy walls': [
    /PodSelector: +app=cart/,
    /Allowing ingress traffic:\n +To Port: 80\/TCP\n +To Port: 53\/UDP/,
    /From:\n +PodSelector: role=client/,
    /IPBlock:\n +CIDR: 10\.0\.0\.0\/8\n +Except: 10\.1\.0\.0\/16/,
    /Allowing egress traffic:\n +To Port: <any>.*\n +To: <any>/,
    /Policy Types: Ingress, Egress/,
  ],
  'servicecidr described': [/Name: +described/, /10\.200\.77\.0\/24/],
  'ipaddress 10.200.77.9': [/Name: +10\.200\.77\.9/, /Resource: +services/],
  'pv described': [
    /StorageClass: +described/,
    /Reclaim Policy: +Retain/,
    /Access Modes: +RWO/,
    /Capacity: +1Gi/,
    /Type: +HostPath/,
    /Path: +\/srv\/described/,
  ],
  'pvc waiting': [/StorageClass: +described/, /Status: +Pending/, /Used By: +<none>/],
  'storageclass described': [
    /IsDefaultClass: +No/,
    /Provisioner: +example\.org\/nobody/,
    /Parameters: +speed=high/,
    /ReclaimPolicy: +Delete/,
    /VolumeBindingMode: +Immediate/,
  ],
  'limitrange bounds': [/Type +Resource +Min +Max/, /Container +cpu +- +1 +10m +500m +-/],
  'resourcequota budget': [/Resource +Used +Hard/, /configmaps +\d+ +20/],
  'priorityclass described': [/Value: +1000/, /GlobalDefault: +false/, /Description: +in front/],
  'hpa cart': [/Reference: +Deployment\/cart/, /Min replicas: +1/, /Deployment pods: +\d current/],
  'daemonset everywhere': [
    /Desired Number of Nodes Scheduled: 2/,
    /Number of Nodes Misscheduled: 0/,
    /Pods Status: +2 Running/,
    /SuccessfulCreate/,
  ],
  'job once': [
    /Parallelism: +1/,
    /Completions: +1/,
    /0 (Active|Running).* \/ 1 Succeeded \/ 0 Failed/,
    /SuccessfulCreate .*job-controller/,
  ],
  'rc old': [/Replicas: +0 current \/ 0 desired/],
  'role reader': [
    /Resources +Non-Resource URLs +Resource Names +Verbs/,
    /pods +\[\] +\[one\] +\[get list\]/,
    /deployments\.apps +\[\] +\[one\] +\[get list\]/,
  ],
  'rolebinding reader': [/Kind: +Role\n +Name: +reader/, /ServiceAccount +default +describing-more/],
  'clusterrole described': [/\[\/logs\/\*\] +\[\] +\[get\]/],
  'clusterrolebinding described': [/Kind: +ClusterRole\n/, /User +somebody/, /Group +everybody/],
  'crd lamps.described.example.org': [/Kind: +CustomResourceDefinition/, /Scope: +Namespaced/, /Established/],
  'csr described': [/Status: +Pending/, /Common Name: +described/],
  'namespace describing-more': [/Resource Quotas/, /configmaps +\d+ +20/, /Resource Limits/],
};

/** kubectl 1.20 asks for these in versions that are gone. */
const toldToNewer: Record<string, RegExp[]> = {
  'cronjob yearly': [/Schedule: +0 0 1 1 \*/, /Suspend: +False/, /Image: +busybox/, /Active Jobs: +<none>/],
  'pdb cart': [/Min available: +1/, /Selector: +app=cart/, /Allowed disruptions: +0/, /Total: +1/],
  'endpointslices -l kubernetes.io/service-name=cart': [/AddressType: +IPv4/, /TargetRef: +Pod\/cart-/],
};

const heads: [string, string][] = [
  ['ingresses', 'NAME CLASS HOSTS ADDRESS PORTS AGE'],
  ['ingressclasses', 'NAME CONTROLLER PARAMETERS AGE'],
  ['networkpolicies', 'NAME POD-SELECTOR AGE'],
  ['ipaddresses', 'NAME PARENTREF AGE'],
  ['servicecidrs', 'NAME CIDRS AGE'],
  ['daemonsets', 'NAME DESIRED CURRENT READY UP-TO-DATE AVAILABLE NODE SELECTOR AGE'],
  ['jobs', 'NAME STATUS COMPLETIONS DURATION AGE'],
  ['cronjobs', 'NAME SCHEDULE TIMEZONE SUSPEND ACTIVE LAST SCHEDULE AGE'],
  ['replicationcontrollers', 'NAME DESIRED CURRENT READY AGE'],
  ['hpa', 'NAME REFERENCE TARGETS MINPODS MAXPODS REPLICAS AGE'],
  ['pdb', 'NAME MIN AVAILABLE MAX UNAVAILABLE ALLOWED DISRUPTIONS AGE'],
  ['roles', 'NAME CREATED AT'],
  ['rolebindings', 'NAME ROLE AGE'],
  ['clusterroles', 'NAME CREATED AT'],
  ['clusterrolebindings', 'NAME ROLE AGE'],
  ['priorityclasses', 'NAME VALUE GLOBAL-DEFAULT AGE PREEMPTIONPOLICY'],
  ['limitranges', 'NAME CREATED AT'],
  ['resourcequotas', 'NAME REQUEST LIMIT AGE'],
  ['storageclasses', 'NAME PROVISIONER RECLAIMPOLICY VOLUMEBINDINGMODE ALLOWVOLUMEEXPANSION AGE'],
  ['pvc', 'NAME STATUS VOLUME CAPACITY ACCESS MODES STORAGECLASS VOLUMEATTRIBUTESCLASS AGE'],
  [
    'pv',
    'NAME CAPACITY ACCESS MODES RECLAIM POLICY STATUS CLAIM STORAGECLASS VOLUMEATTRIBUTESCLASS REASON AGE',
  ],
  ['csr', 'NAME AGE SIGNERNAME REQUESTOR REQUESTEDDURATION CONDITION'],
  ['crd', 'NAME CREATED AT'],
];

describe('kubectl describe and get, kind by kind', () => {
  let kubectl: Kubectl;
  let old: Kubectl;
  before(async () => {
    const place = await placeOf('describing-more');
    ({ kubectl } = place);
    old = kubectlWith(place.kubeconfig, programs[0]?.path);
    await kubectl.input(objects.replace('REQUEST', await signingRequest()), 'apply', '-f', '-');
    await kubectl('rollout', 'status', 'deployment/cart', '--timeout=60s');
    await kubectl('rollout', 'status', 'daemonset/everywhere', '--timeout=60s');
    await kubectl('wait', '--for=condition=Complete', 'job/once', '--timeout=60s');
  });
  after(async () => {
    // A range is held for as long as there are addresses of it.
    await kubectl('delete', 'ipaddress', '10.200.77.9');
    const shared = [
      'ingressclass',
      'servicecidr',
      'pv',
      'storageclass',
      'priorityclass',
      'clusterrole',
      'csr',
    ];
    for (const kind of [...shared, 'clusterrolebinding']) await kubectl('delete', kind, 'described');
    await kubectl('delete', 'crd', 'lamps.described.example.org');
    await kubectl('delete', 'namespace', 'describing-more', '--wait=false');
  });

  for (const [what, words] of Object.entries({ ...told, ...toldToNewer }))
    test(`describe ${what}`, () =>
      eventually(async () => tells(await kubectl('describe', ...what.split(' ')), words)));

  for (const [what, words] of Object.entries(told))
    test(`describe ${what}, by the oldest kubectl`, () =>
      eventually(async () => tells(await old('describe', ...what.split(' ')), words)));

  for (const [kind, head] of heads)
    test(`${kind} have the columns that people know`, async () =>
      assert.equal(headOf(await kubectl('get', kind)).join(' '), head));
});

async function signingRequest(): Promise<string> {
  const options = 'req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=described -keyout';
  const pem = await run('openssl', [...options.split(' '), '/dev/null']);
  return Buffer.from(pem).toString('base64');
}
