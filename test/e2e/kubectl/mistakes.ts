/** What users read when they were wrong: Kubernetes' own words, with the newest kubectl and with the oldest. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Kubectl, kubectlWith } from '../../support/kubectl.ts';
import { first } from './app.ts';
import { placeOf, programs } from './cluster.ts';

const pod = (spec: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: wrong}\nspec: ${spec}\n`;
const service = (spec: string) => `apiVersion: v1\nkind: Service\nmetadata: {name: wrong}\nspec: ${spec}\n`;
const deployment = (spec: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: wrong}\nspec: ${spec}\n`;
const template = '{metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: busybox}]}}';

/** Why it is refused → a manifest, and the whole message after what kubectl puts in front. */
const manifests: Record<string, [manifest: string, message: string]> = {
  'fields that do not exist': [
    service('{prots: [], ports: [{port: 80, targetprot: 80}]}'),
    'Service in version "v1" cannot be handled as a Service: strict decoding error: unknown field "spec.ports[0].targetprot", unknown field "spec.prots"',
  ],
  'text where a number belongs': [
    deployment(`{replicas: three, selector: {matchLabels: {a: b}}, template: ${template}}`),
    'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
  ],
  'a number where text belongs': [
    pod('{containers: [{name: c, image: busybox, env: [{name: A, value: 1}]}]}'),
    'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string',
  ],
  'a name in capitals': [
    pod('{containers: [{name: c, image: busybox}]}').replace('wrong', 'Wrong'),
    `The Pod "Wrong" is invalid: metadata.name: Invalid value: "Wrong": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
  ],
  'no image, one name twice, an unknown policy': [
    pod('{containers: [{name: c}, {name: c, image: x, imagePullPolicy: Sometimes}]}'),
    `The Pod "wrong" is invalid: 
* spec.containers[0].image: Required value
* spec.containers[1].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"
* spec.containers[1].name: Duplicate value: "c"`,
  ],
  'a selector that misses its own template': [
    deployment(`{selector: {matchLabels: {a: c}}, template: ${template}}`),
    'The Deployment "wrong" is invalid: spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
  ],
  'a node port out of range': [
    service('{type: NodePort, ports: [{port: 80, nodePort: 80}]}'),
    'The Service "wrong" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
  ],
  'several ports without names': [
    service('{ports: [{port: 80}, {port: 81}]}'),
    'The Service "wrong" is invalid: \n* spec.ports[0].name: Required value\n* spec.ports[1].name: Required value',
  ],
  'a type of Service that does not exist': [
    service('{type: Door, ports: [{port: 80}]}'),
    'The Service "wrong" is invalid: spec.type: Unsupported value: "Door": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
  ],
  'a namespace that is not there': [
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: nowhere}\n',
    'namespaces "nowhere" not found',
  ],
  'an Ingress whose path has no type': [
    'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: wrong}\nspec: {rules: [{http: {paths: [{path: /, backend: {service: {name: a, port: {number: 80}}}}]}}]}\n',
    'The Ingress "wrong" is invalid: spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified',
  ],
};

/** Commands on objects that are there, and what they hear. */
const commands: [command: string, message: string][] = [
  ['create configmap settings', 'configmaps "settings" already exists'],
  ['create namespace mistaken', 'namespaces "mistaken" already exists'],
  ['get pod nobody', 'Error from server (NotFound): pods "nobody" not found'],
  ['describe deployment nobody', 'Error from server (NotFound): deployments.apps "nobody" not found'],
  ['delete service nobody', 'Error from server (NotFound): services "nobody" not found'],
  ['get unicorns', `error: the server doesn't have a resource type "unicorns"`],
  [
    'patch deployment app -p {"spec":{"selector":{"matchLabels":{"more":"x"}}}}',
    `The Deployment "app" is invalid: 
* spec.template.metadata.labels: Invalid value: {"app":"app"}: \`selector\` does not match template \`labels\`
* spec.selector: Invalid value: {"matchLabels":{"app":"app","more":"x"}}: field is immutable`,
  ],
  [
    'patch service app -p {"spec":{"clusterIP":"10.111.222.33"}}',
    'The Service "app" is invalid: spec.clusterIPs[0]: Invalid value: ["10.111.222.33"]: may not change once set',
  ],
  [
    'patch secret word -p {"type":"other"}',
    'The Secret "word" is invalid: type: Invalid value: "other": field is immutable',
  ],
  [
    'patch configmap settings -p {"metadata":{"name":"other"}}',
    'Error from server (BadRequest): the name of the object (other) does not match the name on the URL (settings)',
  ],
  [
    'patch pod fixed -p {"spec":{"nodeName":"elsewhere"}}',
    'The Pod "fixed" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
  ],
  [
    'get pods -l a=b=c',
    `Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label selector "a=b=c", field selector "": unable to parse requirement: found '=', expected: ',' or 'end of string'`,
  ],
  [
    'get pods --field-selector=colour=blue',
    'Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label selector "", field selector "colour=blue": field label not supported: colour',
  ],
  [
    'get pods --as=stranger',
    'Error from server (Forbidden): pods is forbidden: User "stranger" cannot list resource "pods" in API group "" in the namespace "mistaken"',
  ],
  [
    'get nodes --as=stranger',
    'Error from server (Forbidden): nodes is forbidden: User "stranger" cannot list resource "nodes" in API group "" at the cluster scope',
  ],
  [
    'delete deployment app --as=stranger',
    'Error from server (Forbidden): deployments.apps "app" is forbidden: User "stranger" cannot delete resource "deployments" in API group "apps" in the namespace "mistaken"',
  ],
  [
    'create configmap a --as=stranger --as-group=guests',
    'configmaps is forbidden: User "stranger" cannot create resource "configmaps" in API group "" in the namespace "mistaken"',
  ],
  [
    'delete namespace default',
    'Error from server (Forbidden): namespaces "default" is forbidden: this namespace may not be deleted',
  ],
  ['set image deployment/app nobody=nginx', 'error: unable to find container named "nobody"'],
  ['rollout status deployment/nobody', 'Error from server (NotFound): deployments.apps "nobody" not found'],
  ['cordon nobody', 'nodes "nobody" not found'],
];

describe('kubectl tells what is wrong', () => {
  let newest: Kubectl;
  let oldest: Kubectl;
  before(async () => {
    const place = await placeOf('mistaken');
    newest = place.kubectl;
    oldest = kubectlWith(place.kubeconfig, programs[0]?.path);
    await newest.input(first.replace('replicas: 1', 'replicas: 0'), 'apply', '-f', '-');
    await newest('create', 'secret', 'generic', 'word', '--from-literal=a=b');
    await newest('run', 'fixed', '--image=nginx');
    await newest('wait', '--for=condition=Ready', 'pod/fixed', '--timeout=60s');
  });

  for (const [why, [manifest, message]] of Object.entries(manifests)) {
    test(`a manifest with ${why}`, async () => {
      await assert.rejects(
        newest.input(manifest, 'create', '-f', '-'),
        (err: Error) => err.message.trimEnd().endsWith(message) || assert.fail(err.message),
      );
    });
  }

  for (const [command, message] of commands)
    test(command, async () => {
      for (const kubectl of [newest, oldest]) {
        const { code, stderr } = await kubectl.attempt(...command.split(' '));
        assert.equal(code, 1, stderr);
        assert.ok(stderr.trimEnd().endsWith(message), stderr);
      }
    });

  test('a conflict is told with what to do', async () => {
    const old = await newest('get', 'configmap', 'settings', '-o', 'yaml');
    await newest('label', 'configmap', 'settings', 'changed=since');
    await assert.rejects(
      newest.input(old, 'replace', '-f', '-'),
      /Error from server \(Conflict\): error when replacing "STDIN": Operation cannot be fulfilled on configmaps "settings": the object has been modified; please apply your changes to the latest version and try again/,
    );
  });
});
