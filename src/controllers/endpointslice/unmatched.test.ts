import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment } from '../../api/types.ts';
import { aPod, aService } from '../testing/objects.ts';
import { faultOf, sleepsFor } from './unmatched.ts';

const http = { port: 80, targetPort: 'http' as never, protocol: 'TCP' };
const withPort = (name: string) =>
  aPod({ spec: { containers: [{ name: 'c', ports: [{ name, containerPort: 8080 }] }] } });

test('a selector that matches no pod is named', () =>
  assert.deepEqual(faultOf(aService({ selector: { app: 'web', tier: 'front' } }), []), {
    reason: 'NoMatchingPods',
    message: 'the selector app=web,tier=front matches no pod',
  }));

test('a targetPort is named when no pod has it, and a number is always there', () => {
  assert.equal(faultOf(aService(), [aPod()]), undefined);
  assert.equal(faultOf(aService({ ports: [http] }), [withPort('admin'), withPort('http')]), undefined);
  assert.deepEqual(faultOf(aService({ ports: [http, { port: 81 }] }), [withPort('admin')]), {
    reason: 'NoSuchTargetPort',
    message: 'no pod that the selector matches has a port named "http"',
  });
});

test('a workload that is scaled to nothing is why there are no pods, if they would be selected', () => {
  const service = aService({ selector: { app: 'web' } });
  const { namespace = '' } = service.metadata;
  const workload = (replicas: number, app: string, of = namespace): Deployment => ({
    metadata: { name: 'web', namespace: of },
    spec: { replicas, selector: {}, template: { metadata: { labels: { app, tier: 'front' } } } },
  });
  assert.equal(sleepsFor(service, workload(0, 'web')), true);
  for (const other of [workload(1, 'web'), workload(0, 'api'), workload(0, 'web', 'elsewhere')])
    assert.equal(sleepsFor(service, other), false);
});
