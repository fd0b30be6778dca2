import { before, describe, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { type Kubectl, kubectlWith } from '../../support/kubectl.ts';
import { first } from './app.ts';
import { placeOf, programs, tells } from './cluster.ts';

const stateful = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store}
spec:
  serviceName: store
  selector: {matchLabels: {app: store}}
  template:
    metadata: {labels: {app: store}}
    spec:
      containers: [{name: main, image: nginx}]
`;

/** What is asked for → words that must stand in the answer, in this order. */
const told: Record<string, RegExp[]> = {
  'namespace describing': [/Name: +describing/, /Status: +Active/],
  'node e2e-kubectl-1': [
    /Roles: +control-plane/,
    /Taints: +<none>/,
    /MemoryPressure +False/,
    /Ready +True/,
    /InternalIP: +172\.30\./,
    /pods: +110/,
    /PodCIDR: +10\.244\.\d+\.0\/24/,
    /Non-terminated Pods:/,
    /Allocated resources:/,
  ],
  'pods -l app=app': [
    /Node: +e2e-kubectl-[12]\/172\.30\./,
    /Status: +Running/,
    /IP: +10\.244\./,
    /Controlled By: +ReplicaSet\/app-/,
    /Image: +nginx:1\.27/,
    /State: +Running/,
    /Restart Count: +0/,
    /ONE: +1/,
    /serviceaccount from kube-api-access-\w+ \(ro\)/,
    /Ready +True/,
    /Type: +Projected/,
    /QoS Class: +BestEffort/,
    /Events:/,
    /Scheduled .* Successfully assigned describing\/app-/,
  ],
  'service app': [
    /Selector: +app=app/,
    /Type: +ClusterIP/,
    /IP: +10\./,
    /Port: +http {2}80\/TCP/,
    /TargetPort: +http\/TCP/,
    /Endpoints: +10\.244\.\d+\.\d+:80/,
    /Session Affinity: +None/,
  ],
  'endpoints app': [/Addresses: +10\.244\./, /NotReadyAddresses: +<none>/, /http +80 +TCP/],
  'endpointslices -l kubernetes.io/service-name=app': [
    /AddressType: +IPv4/,
    /http +80 +TCP/,
    /Addresses: +10\.244\./,
    /Ready: +true/,
    /TargetRef: +Pod\/app-/,
    /NodeName: +e2e-kubectl-/,
  ],
  'configmap settings': [/^Data$/m, /colour:\n----\nblue/],
  'secret password': [/Type: +Opaque/, /word: +6 bytes/],
  'serviceaccount default': [/Name: +default/, /Tokens: +<none>/],
  'deployment app': [
    /Selector: +app=app/,
    /Replicas: +1 desired \| 1 updated \| 1 total \| 1 available \| 0 unavailable/,
    /StrategyType: +RollingUpdate/,
    /25% max unavailable, 25% max surge/,
    /Available +True +MinimumReplicasAvailable/,
    /Progressing +True +NewReplicaSetAvailable/,
    /NewReplicaSet: +app-\w+ \(1\/1 replicas created\)/,
    /ScalingReplicaSet/,
  ],
  'replicaset -l app=app': [
    /Controlled By: +Deployment\/app/,
    /Replicas: +1 current \/ 1 desired/,
    /Pods Status: +1 Running \/ 0 Waiting/,
    /SuccessfulCreate/,
  ],
  'statefulset store': [
    /Replicas: +1 desired \| 1 total/,
    /Update Strategy: +RollingUpdate/,
    /SuccessfulCreate/,
  ],
  controllerrevisions: [/Kind: +ControllerRevision/, /Revision: +1/],
  'lease -n kube-node-lease e2e-kubectl-1': [
    /Holder Identity: +e2e-kubectl-1/,
    /Lease Duration Seconds: +40/,
  ],
  events: [/Kind: +Event/],
};

describe('kubectl describe', () => {
  let kubectl: Kubectl;
  let oldest: Kubectl;
  before(async () => {
    const place = await placeOf('describing');
    ({ kubectl } = place);
    oldest = kubectlWith(place.kubeconfig, programs[0]?.path);
    await kubectl.input(first + '---' + stateful, 'apply', '-f', '-');
    await kubectl('create', 'secret', 'generic', 'password', '--from-literal=word=secret');
    await kubectl('rollout', 'status', 'deployment/app', '--timeout=60s');
    await kubectl('rollout', 'status', 'statefulset/store', '--timeout=60s');
  });

  for (const [what, words] of Object.entries(told)) {
    test(what, async () => {
      await eventually(async () => tells(await kubectl('describe', ...what.split(' ')), words));
      // It asks for EndpointSlices in a version that is gone.
      if (!what.startsWith('endpointslices'))
        await eventually(async () => tells(await oldest('describe', ...what.split(' ')), words));
    });
  }
});
