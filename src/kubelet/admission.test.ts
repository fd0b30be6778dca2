import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rejectionOf } from './admission.ts';
import { podOf } from './testing/pod.ts';

describe('the node rejects a pod', () => {
  const on = (port: number, more = '') =>
    podOf(`spec: {containers: [{name: main, ports: [{containerPort: 80, hostPort: ${port}}]}]}\n${more}`);
  const onHost = podOf(
    'spec: {hostNetwork: true, containers: [{name: main, ports: [{containerPort: 8080}]}]}',
  );

  test('whose host port another has, by hostPort or on the host’s network', () => {
    for (const other of [on(8080), onHost]) {
      const { reason, message } = rejectionOf(on(8080), [on(1), other]) ?? {};
      assert.equal(reason, 'NodePorts');
      assert.equal(
        message,
        "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
      );
    }
  });

  test('that is for another system', () => {
    assert.deepEqual(rejectionOf(podOf('spec: {os: {name: windows}}'), []), {
      reason: 'PodOSNotSupported',
      message: "Pod was rejected: Failed to admit pod as the OS field doesn't match node OS",
    });
    assert.deepEqual(rejectionOf(podOf('spec: {nodeSelector: {kubernetes.io/os: windows}}'), []), {
      reason: 'PodOSSelectorNodeLabelDoesNotMatch',
      message:
        "Pod was rejected: Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
    });
    const linux = podOf('spec: {os: {name: linux}, nodeSelector: {kubernetes.io/os: linux}}');
    assert.equal(rejectionOf(linux, []), undefined);
  });

  test('but not for a port that is free, or whose pod has ended', () => {
    assert.equal(rejectionOf(on(8080), [on(8081), podOf('{}')]), undefined);
    assert.equal(rejectionOf(on(8080), [on(8080, 'status: {phase: Succeeded}')]), undefined);
    assert.equal(rejectionOf(podOf('{}'), [on(8080)]), undefined);
  });
});
