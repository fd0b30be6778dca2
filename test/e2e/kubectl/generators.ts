/** Every generator of `kubectl create`: what each kubectl makes is stored as it was meant. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Kubectl } from '../../support/kubectl.ts';
import type { KubectlProgram } from '../../support/kubectls.ts';
import { placeOf, programs } from './cluster.ts';

interface Generator {
  /** After `kubectl create`. */
  args: (own: string) => string[];
  /** A part of the object. */
  makes: object;
  /** The first minor version whose generator speaks a version that is still served. */
  since?: number;
}

const directory = mkdtempSync(join(tmpdir(), 'switchboard-generators-'));
const [key, crt] = [join(directory, 'key'), join(directory, 'crt')];

const yearly = `
apiVersion: batch/v1
kind: CronJob
metadata: {name: yearly}
spec:
  schedule: 0 0 1 1 *
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: main, image: busybox, command: [date]}]
`;

const generators: Record<string, Generator> = {
  clusterrole: {
    args: (own) => [own, '--verb=get,list', '--resource=pods,deployments.apps', '--resource-name=one'],
    makes: {
      rules: [
        { apiGroups: [''], resources: ['pods'], resourceNames: ['one'], verbs: ['get', 'list'] },
        { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['one'], verbs: ['get', 'list'] },
      ],
    },
  },
  'clusterrole of paths': {
    args: (own) => [`${own}-paths`, '--verb=get', '--non-resource-url=/logs/*'],
    makes: { rules: [{ nonResourceURLs: ['/logs/*'], verbs: ['get'] }] },
  },
  'clusterrole of others': {
    args: (own) => [`${own}-sum`, '--aggregation-rule=example.org/sum=none'],
    makes: { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'example.org/sum': 'none' } }] } },
  },
  clusterrolebinding: {
    args: (own) => [own, '--clusterrole=view', '--user=u', '--group=g', '--serviceaccount=default:none'],
    makes: {
      roleRef: { kind: 'ClusterRole', name: 'view' },
      subjects: [
        { kind: 'User', name: 'u' },
        { kind: 'Group', name: 'g' },
        { kind: 'ServiceAccount', name: 'none', namespace: 'default' },
      ],
    },
  },
  configmap: { args: () => ['made', '--from-literal=a=b'], makes: { data: { a: 'b' } } },
  cronjob: {
    args: () => ['made', '--image=busybox', '--schedule=0 0 1 1 *', '--restart=OnFailure', '--', 'date'],
    makes: {
      spec: {
        schedule: '0 0 1 1 *',
        jobTemplate: {
          spec: {
            template: {
              spec: {
                restartPolicy: 'OnFailure',
                containers: [{ name: 'made', image: 'busybox', command: ['date'] }],
              },
            },
          },
        },
      },
    },
    since: 21,
  },
  deployment: {
    args: () => ['made', '--image=nginx', '--replicas=0', '--port=80', '--', 'nginx', '-g', 'daemon off;'],
    makes: {
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'made' } },
        template: {
          spec: { containers: [{ command: ['nginx', '-g', 'daemon off;'], ports: [{ containerPort: 80 }] }] },
        },
      },
    },
  },
  ingress: {
    args: () => [
      'made',
      '--class=none',
      '--rule=a.example/shop*=shop:80,tls=cert',
      '--rule=b.example/=b:http',
      '--default-backend=other:81',
      '--annotation=example.org/a=b',
    ],
    makes: {
      metadata: { annotations: { 'example.org/a': 'b' } },
      spec: {
        ingressClassName: 'none',
        defaultBackend: { service: { name: 'other', port: { number: 81 } } },
        tls: [{ hosts: ['a.example'], secretName: 'cert' }],
        rules: [
          {
            host: 'a.example',
            http: {
              paths: [
                {
                  path: '/shop',
                  pathType: 'Prefix',
                  backend: { service: { name: 'shop', port: { number: 80 } } },
                },
              ],
            },
          },
          {
            host: 'b.example',
            http: {
              paths: [
                { path: '/', pathType: 'Exact', backend: { service: { name: 'b', port: { name: 'http' } } } },
              ],
            },
          },
        ],
      },
    },
  },
  job: {
    args: () => ['made', '--image=busybox', '--', 'echo', 'done'],
    makes: {
      spec: {
        template: { spec: { restartPolicy: 'Never', containers: [{ command: ['echo', 'done'] }] } },
      },
    },
  },
  'job of a cronjob': {
    args: () => ['by-hand', '--from=cronjob/yearly'],
    makes: {
      kind: 'Job',
      metadata: {
        annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' },
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'yearly' }],
      },
      spec: { template: { spec: { containers: [{ command: ['date'] }] } } },
    },
    since: 21,
  },
  namespace: {
    args: (own) => [`${own}-namespace`],
    makes: { status: { phase: 'Active' }, spec: { finalizers: ['kubernetes'] } },
  },
  poddisruptionbudget: {
    args: () => ['made', '--selector=app=made', '--min-available=1'],
    makes: { spec: { minAvailable: 1, selector: { matchLabels: { app: 'made' } } } },
    since: 21,
  },
  'poddisruptionbudget in percent': {
    args: () => ['percent', '--selector=app=other', '--max-unavailable=50%'],
    makes: { spec: { maxUnavailable: '50%' } },
    since: 21,
  },
  priorityclass: {
    args: (own) => [own, '--value=1000', '--description=first', '--preemption-policy=Never'],
    makes: { value: 1000, description: 'first', preemptionPolicy: 'Never' },
  },
  quota: {
    args: () => ['made', '--hard=pods=5,limits.cpu=20', '--scopes=Terminating'],
    makes: { spec: { hard: { pods: '5', 'limits.cpu': '20' }, scopes: ['Terminating'] } },
  },
  role: {
    args: () => ['made', '--verb=get', '--verb=patch', '--resource=pods,pods/status,deployments/scale'],
    makes: {
      rules: [
        { apiGroups: [''], resources: ['pods', 'pods/status'], verbs: ['get', 'patch'] },
        { apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['get', 'patch'] },
      ],
    },
  },
  rolebinding: {
    args: (own) => ['made', '--role=made', '--user=u', `--serviceaccount=${own}:default`],
    makes: {
      roleRef: { kind: 'Role', name: 'made' },
      subjects: [
        { kind: 'User', name: 'u' },
        { kind: 'ServiceAccount', name: 'default' },
      ],
    },
  },
  'secret docker-registry': {
    args: () => ['pull', '--docker-server=r.example', '--docker-username=u', '--docker-password=p'],
    makes: { type: 'kubernetes.io/dockerconfigjson' },
  },
  'secret generic': {
    args: () => ['plain', '--from-literal=a=b', '--type=example.org/of-mine'],
    makes: { type: 'example.org/of-mine', data: { a: 'Yg==' } },
  },
  'secret tls': {
    args: () => ['cert', `--cert=${crt}`, `--key=${key}`],
    makes: { type: 'kubernetes.io/tls' },
  },
  'service clusterip': {
    args: () => ['inside', '--tcp=80:8080', '--tcp=90'],
    makes: {
      spec: {
        type: 'ClusterIP',
        ports: [
          { name: '80-8080', port: 80, targetPort: 8080, protocol: 'TCP' },
          { name: '90', port: 90, targetPort: 90 },
        ],
        selector: { app: 'inside' },
      },
    },
  },
  'service externalname': {
    args: () => ['elsewhere', '--external-name=a.example'],
    makes: { spec: { type: 'ExternalName', externalName: 'a.example' } },
  },
  'service loadbalancer': {
    args: () => ['balanced', '--tcp=80'],
    makes: { spec: { type: 'LoadBalancer', allocateLoadBalancerNodePorts: true } },
  },
  'service nodeport': {
    args: () => ['outside', '--tcp=80:http'],
    makes: { spec: { type: 'NodePort', ports: [{ port: 80, targetPort: 'http' }] } },
  },
  serviceaccount: { args: () => ['robot'], makes: { metadata: { name: 'robot' } } },
};

// Several at once: a kubectl is mostly busy with its own start.
describe('kubectl create, generator by generator', { concurrency: 3 }, () => {
  before(() =>
    execFileSync(
      'openssl',
      `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=a -keyout ${key} -out ${crt}`.split(
        ' ',
      ),
      { stdio: 'ignore' },
    ),
  );
  after(() => rmSync(directory, { recursive: true }));
  for (const program of programs) everyGenerator(program);
});

function everyGenerator(program: KubectlProgram): void {
  describe(`by kubectl ${program.version}`, { concurrency: 1 }, () => {
    const minor = Number(program.version.split('.')[1]);
    const own = `generated-1-${minor}`;
    let kubectl: Kubectl;
    before(async () => {
      ({ kubectl } = await placeOf(own, program));
      await kubectl.input(yearly, 'create', '-f', '-');
    });
    after(async () => {
      await kubectl('delete', 'priorityclass', own);
      await kubectl('delete', 'clusterrole', own, `${own}-paths`, `${own}-sum`);
      await kubectl('delete', 'clusterrolebinding', own);
      await kubectl('delete', 'namespace', own, `${own}-namespace`, '--wait=false');
    });

    for (const [title, { args, makes, since = 0 }] of Object.entries(generators)) {
      const create = ['create', ...(title.split(/ of | in /)[0] ?? '').split(' ')];
      if (minor >= since)
        test(title, async () => {
          const made = await kubectl(...create, '-o', 'json', ...args(own));
          assert.partialDeepStrictEqual(JSON.parse(made), makes);
        });
      else
        test(`${title} is out of its reach: it speaks a version that is gone`, async () => {
          const { code, stderr } = await kubectl.attempt(...create, ...args(own));
          assert.equal(code, 1);
          assert.match(stderr, /could not find the requested resource|no matches for kind|no kind "CronJob"/);
        });
    }

    if (minor >= 24)
      test('token', async () => {
        const token = (await kubectl('create', 'token', 'robot', '--audience=a', '--duration=15m')).trim();
        const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;
        assert.partialDeepStrictEqual(claims, {
          aud: ['a'],
          sub: `system:serviceaccount:${own}:robot`,
          'kubernetes.io': { namespace: own },
        });
      });
  });
}
