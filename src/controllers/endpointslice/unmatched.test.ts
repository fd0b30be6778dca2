import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aPod, aService } from '../testing/objects.ts';
import { faultOf } from './unmatched.ts';

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
