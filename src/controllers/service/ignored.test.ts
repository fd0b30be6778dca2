import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aService } from '../testing/objects.ts';
import { ignoredOf } from './ignored.ts';

test('annotations of clouds and of other load balancers are named; those of everybody else are not', () => {
  const annotations = {
    'service.beta.kubernetes.io/aws-load-balancer-type': 'nlb',
    'metallb.universe.tf/address-pool': 'public',
    'cloud.google.com/neg': '{}',
    'service.kubernetes.io/topology-mode': 'Auto',
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
    'example.com/mine': 'x',
  };
  assert.deepEqual(ignoredOf(aService({}, { annotations })), [
    'cloud.google.com/neg',
    'metallb.universe.tf/address-pool',
    'service.beta.kubernetes.io/aws-load-balancer-type',
  ]);
});

test('a Service of somebody else’s class speaks to that with its annotations', () => {
  const annotations = { 'service.beta.kubernetes.io/aws-load-balancer-type': 'nlb' };
  const named = (spec: object) => ignoredOf(aService(spec, { annotations })).length;
  assert.equal(named({ type: 'LoadBalancer', loadBalancerClass: 'service.k8s.aws/nlb' }), 0);
  assert.equal(named({ type: 'LoadBalancer', loadBalancerClass: 'switchboard.dev/lan' }), 1);
});
