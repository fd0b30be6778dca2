import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Requested } from '../../lib/pki/request.ts';
import { isOurs, whyNotSigned } from './rules.ts';

const nobody: Requested = {
  commonName: '',
  organizations: [],
  dnsNames: [],
  ipAddresses: [],
  emails: [],
  uris: [],
};
const node: Requested = { ...nobody, commonName: 'system:node:a', organizations: ['system:nodes'] };
const why = (signer: string, asked: Requested, ...usages: string[]) =>
  whyNotSigned({ signerName: `kubernetes.io/${signer}`, usages }, asked);

describe('the signer', () => {
  test('of clients signs any name, and for clients only', () => {
    const jane = { ...nobody, commonName: 'jane', dnsNames: ['jane.example.com'] };
    assert.equal(why('kube-apiserver-client', jane, 'client auth', 'digital signature'), undefined);
    assert.match(why('kube-apiserver-client', jane, 'client auth', 'server auth') ?? '', /did not match/);
    assert.match(why('kube-apiserver-client', jane, 'digital signature') ?? '', /must include client auth/);
  });

  test('of kubelets as clients signs the names of nodes, and no others', () => {
    const signer = 'kube-apiserver-client-kubelet';
    assert.equal(why(signer, node, 'client auth', 'key encipherment'), undefined);
    for (const [asked, reason] of [
      [{ ...node, organizations: [] }, /organization is not system:nodes/],
      [{ ...node, organizations: ['system:nodes', 'system:masters'] }, /organization is not system:nodes/],
      [{ ...node, commonName: 'jane' }, /does not begin with system:node:/],
      [{ ...node, dnsNames: ['a'] }, /DNS subjectAltNames are not allowed/],
      [{ ...node, emails: ['a@b'] }, /Email subjectAltNames are not allowed/],
      [{ ...node, ipAddresses: ['10.0.0.1'] }, /IP subjectAltNames are not allowed/],
      [{ ...node, uris: ['spiffe://a'] }, /URI subjectAltNames are not allowed/],
    ] as const)
      assert.match(why(signer, asked, 'client auth') ?? '', reason);
  });

  test('of kubelets as servers wants to know where they are dialled', () => {
    const served = { ...node, ipAddresses: ['172.30.0.2'] };
    assert.equal(why('kubelet-serving', served, 'server auth', 'digital signature'), undefined);
    assert.match(why('kubelet-serving', node, 'server auth') ?? '', /DNS or IP subjectAltName is required/);
    assert.match(why('kubelet-serving', served, 'client auth') ?? '', /did not match/);
    assert.match(why('kubelet-serving', { ...served, uris: ['a:b'] }, 'server auth') ?? '', /URI/);
  });

  test('of another name is somebody else', () => {
    assert.equal(isOurs('kubernetes.io/legacy-unknown'), true);
    assert.equal(isOurs('example.com/mine'), false);
  });
});
