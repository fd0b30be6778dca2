import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aService } from '../testing/objects.ts';
import { ignoredOf, messagesOf } from './ignored.ts';

test('annotations of clouds and of other load balancers are named; those of everybody else are not', () => {
  const annotations = {
    'service.beta.kubernetes.io/aws-load-balancer-type': 'nlb',
    'metallb.universe.tf/address-pool': 'public',
    'cloud.google.com/neg': '{}',
    'service.kubernetes.io/topology-mode': 'Auto',
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
    'example.com/mine': 'x',
  };
  assert.deepEqual(ignoredOf(aService({}, { annotations })).annotations, [
    'cloud.google.com/neg',
    'metallb.universe.tf/address-pool',
    'service.beta.kubernetes.io/aws-load-balancer-type',
    'service.kubernetes.io/topology-mode',
  ]);
});

test('fields that nothing reads are named when they say something', () => {
  const fields = (spec: object) => ignoredOf(aService(spec)).fields;
  assert.deepEqual(fields({ externalIPs: ['203.0.113.5'], trafficDistribution: 'PreferClose' }), [
    'spec.externalIPs',
    'spec.trafficDistribution',
  ]);
  assert.deepEqual(fields({ type: 'LoadBalancer', healthCheckNodePort: 31000 }), [
    'spec.healthCheckNodePort',
  ]);
  assert.deepEqual(fields({ externalIPs: [], sessionAffinity: 'ClientIP' }), []);
});

test('people are told once of both, and nothing when all is well', () => {
  assert.deepEqual(messagesOf(ignoredOf(aService())), []);
  assert.deepEqual(messagesOf({ annotations: ['a/b'], fields: ['spec.externalIPs'] }), [
    ['IgnoredAnnotations', 'accepted, but nothing acts upon: a/b'],
    ['IgnoredFields', 'accepted, but nothing acts upon: spec.externalIPs'],
  ]);
});
