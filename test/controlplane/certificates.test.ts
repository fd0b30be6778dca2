/** From a certificate request to a certificate, through the real API with its rights and the real controllers. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { isNotFound } from '../../src/api/errors.ts';
import { certificateSigningRequests, nodes } from '../../src/api/resource.ts';
import type { CertificateSigningRequest, KubeObject, PolicyRule } from '../../src/api/types.ts';
import { certificates } from '../../src/apiserver/admission/certificates/index.ts';
import { clusterAuthorizer, defaultRoles } from '../../src/apiserver/authz/index.ts';
import type { User } from '../../src/apiserver/contract.ts';
import { createHandler, type Handler, localClient } from '../../src/apiserver/index.ts';
import { reviewsAnswer } from '../../src/apiserver/reviews/index.ts';
import { sharedInformers } from '../../src/client/shared.ts';
import { certificateControllers } from '../../src/controllers/certificates/index.ts';
import { run } from '../../src/controllers/loop.ts';
import { FakeClock, systemClock } from '../../src/lib/clock.ts';
import { createAuthority } from '../../src/lib/pki/certificate.ts';
import { createRequest, type Subject } from '../../src/lib/pki/request.ts';
import { openMemory } from '../../src/store/index.ts';
import { config } from '../support/controlPlane.ts';
import { eventually } from '../support/eventually.ts';

type Csr = CertificateSigningRequest;

const user = (name: string, ...groups: string[]): User => ({
  name,
  groups: [...groups, 'system:authenticated'],
});
const root = user('root', 'system:masters');
const kubelet = user('system:node:a', 'system:nodes');
const network = user('switchboard-network', 'system:switchboard:network');
const jane = user('jane', 'dev');
const approver = user('otto');
const hourMs = 3600_000;

const csrRights = { apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'] };
/** Jane may ask; Otto may approve for one signer. */
const rights: [name: string, rules: PolicyRule[]][] = [
  ['jane', [{ ...csrRights, verbs: ['create', 'get', 'update', 'patch'] }]],
  [
    'otto',
    [
      { ...csrRights, verbs: ['get', 'list'] },
      {
        verbs: ['update', 'patch'],
        apiGroups: ['certificates.k8s.io'],
        resources: ['certificatesigningrequests/approval', 'certificatesigningrequests/status'],
      },
      {
        verbs: ['approve'],
        apiGroups: ['certificates.k8s.io'],
        resources: ['signers'],
        resourceNames: ['kubernetes.io/kube-apiserver-client'],
      },
    ],
  ],
];
const roles = defaultRoles();
for (const [name, rules] of rights) {
  roles.set({ kind: 'ClusterRole', metadata: { name }, rules } as KubeObject);
  const subjects = [{ kind: 'User', name }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  roles.set({ kind: 'ClusterRoleBinding', metadata: { name }, subjects, roleRef } as KubeObject);
}

describe('certificate requests', () => {
  const clock = new FakeClock(Date.now());
  const stop = new AbortController();
  const store = openMemory({ clock });
  const authorizer = clusterAuthorizer({ roles });
  const handler: Handler = createHandler({
    store,
    clock,
    authorizer,
    admission: [certificates({ authorizer, clock })],
    extra: [
      (request) =>
        reviewsAnswer(request, { authorizer, tokens: { verify: () => Promise.reject(new Error('none')) } }),
    ],
  });
  const as = (who: User) => localClient(handler, who);
  const csrs = certificateSigningRequests;

  before(async () => {
    const authority = await createAuthority({ commonName: 'ca', nowMs: clock.now() });
    const client = as(root);
    const { signal } = stop;
    const informers = sharedInformers(client, { clock: systemClock, signal });
    const signing = { authority, longestMs: 365 * 24 * hourMs };
    for (const controller of certificateControllers)
      run(controller, { client, informers, clock, signal, config: { ...config, signing } });
    await client.create(nodes, {
      metadata: { name: 'a' },
      status: { addresses: [{ type: 'InternalIP', address: '172.30.0.2' }] },
    });
  });
  after(async () => {
    stop.abort();
    await store.close();
  });

  let count = 0;
  const ask = async (who: User, subject: Subject, spec: Partial<Csr['spec']>): Promise<Csr> => {
    const { request } = await createRequest(subject);
    return as(who).create(csrs, {
      metadata: { name: `csr-${++count}` },
      spec: {
        request: Buffer.from(request).toString('base64'),
        signerName: 'kubernetes.io/kube-apiserver-client',
        usages: ['client auth'],
        ...spec,
      },
    });
  };
  const now = (csr: Csr) => as(root).get(csrs, csr.metadata.name);
  const approved = (csr: Csr): Csr => ({
    ...csr,
    status: { conditions: [{ type: 'Approved', status: 'True', reason: 'Fine', message: 'by hand' }] },
  });
  const signed = (csr: Csr) =>
    eventually(
      async () => {
        const { status } = await now(csr);
        assert.ok(status?.certificate, JSON.stringify(status));
        return new X509Certificate(Buffer.from(status.certificate, 'base64').toString());
      },
      30_000,
      5,
    );

  test('say who asks, whatever he says himself', async () => {
    const csr = await ask(jane, { commonName: 'jane' }, { username: 'root', groups: ['system:masters'] });
    assert.equal(csr.spec.username, 'jane');
    assert.deepEqual(csr.spec.groups, ['dev', 'system:authenticated']);
    const changed = await as(jane).update(csrs, {
      ...csr,
      metadata: { ...csr.metadata, labels: { a: 'b' } },
      spec: { ...csr.spec, username: 'root' },
    });
    assert.equal(changed.spec.username, 'jane', 'what was asked for stays');
    assert.deepEqual(changed.metadata.labels, { a: 'b' });
  });

  test('of people wait for a person, who needs the right to approve for the signer', async () => {
    const csr = await ask(jane, { commonName: 'jane', organizations: ['dev'] }, { expirationSeconds: 3600 });
    await assert.rejects(as(jane).update(csrs, approved(csr), 'approval'), /cannot update resource/);
    await as(approver).update(csrs, approved(csr), 'approval');
    const certificate = await signed(csr);
    assert.match(certificate.subject, /O=dev\nCN=jane/);
    assert.equal(certificate.validToDate.getTime(), Math.floor((clock.now() + hourMs) / 1000) * 1000);
    const { status } = await now(csr);
    assert.ok(status?.conditions?.[0]?.lastUpdateTime, 'and the server says when');

    const node = await ask(
      jane,
      { commonName: 'system:node:x', organizations: ['system:nodes'] },
      { signerName: 'kubernetes.io/kube-apiserver-client-kubelet' },
    );
    await assert.rejects(
      as(approver).update(csrs, approved(node), 'approval'),
      /user not permitted to approve requests with signerName "kubernetes.io\/kube-apiserver-client-kubelet"/,
    );
  });

  test('are signed by nobody who only may approve', async () => {
    const csr = await ask(jane, { commonName: 'jane' }, {});
    const status = { certificate: Buffer.from('-----BEGIN CERTIFICATE-----\n').toString('base64') };
    await assert.rejects(
      as(approver).update(csrs, { ...csr, status }, 'status'),
      /user not permitted to sign requests with signerName "kubernetes.io\/kube-apiserver-client"/,
    );
  });

  test('never become administrators', async () => {
    await assert.rejects(
      ask(jane, { commonName: 'jane', organizations: ['system:masters'] }, {}),
      /use of kubernetes.io\/kube-apiserver-client signer with system:masters group is not allowed/,
    );
  });

  test('that are denied stay so, and get no certificate', async () => {
    const csr = await ask(jane, { commonName: 'jane' }, {});
    const denied = await as(approver).update(
      csrs,
      { ...csr, status: { conditions: [{ type: 'Denied', status: 'True' }] } },
      'approval',
    );
    await assert.rejects(
      as(approver).update(csrs, approved(denied), 'approval'),
      /may not remove a condition/,
    );
  });

  test('of kubelets for themselves need nobody: as clients and as servers', async () => {
    const subject = { commonName: 'system:node:a', organizations: ['system:nodes'] };
    const client = await ask(kubelet, subject, {
      signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
    });
    assert.match((await signed(client)).subject, /O=system:nodes\nCN=system:node:a/);
    const server = await ask(
      kubelet,
      { ...subject, dnsNames: ['a'], ipAddresses: ['172.30.0.2'] },
      { signerName: 'kubernetes.io/kubelet-serving', usages: ['digital signature', 'server auth'] },
    );
    assert.equal((await signed(server)).subjectAltName, 'DNS:a, IP Address:172.30.0.2');
  });

  test('of kubelets for others, or for addresses that are not theirs, wait', async () => {
    const others = await ask(
      kubelet,
      { commonName: 'system:node:b', organizations: ['system:nodes'] },
      { signerName: 'kubernetes.io/kube-apiserver-client-kubelet' },
    );
    const address = await ask(
      kubelet,
      { commonName: 'system:node:a', organizations: ['system:nodes'], ipAddresses: ['10.96.0.1'] },
      { signerName: 'kubernetes.io/kubelet-serving', usages: ['server auth'] },
    );
    // One that comes later and is signed shows that these were looked at.
    await signed(await ask(network, { commonName: 'switchboard-network' }, {}));
    for (const csr of [others, address]) assert.deepEqual((await now(csr)).status?.conditions ?? [], []);
  });

  test('of who asks for more groups than he is in wait too', async () => {
    const more = await ask(network, { commonName: 'switchboard-network', organizations: ['dev'] }, {});
    await signed(
      await ask(
        network,
        { commonName: 'switchboard-network', organizations: ['system:switchboard:network'] },
        {},
      ),
    );
    assert.deepEqual((await now(more)).status?.conditions ?? [], []);
  });

  test('that no signer could sign fail, and say why', async () => {
    const csr = await ask(jane, { commonName: 'jane' }, { usages: ['client auth', 'code signing'] });
    await as(approver).update(csrs, approved(csr), 'approval');
    await eventually(
      async () => {
        const failed = (await now(csr)).status?.conditions?.find((c) => c.type === 'Failed');
        assert.match(failed?.message ?? '', /usages did not match/);
      },
      30_000,
      5,
    );
  });

  test('are forgotten: an hour after the answer, a day without one', async () => {
    const waiting = await ask(jane, { commonName: 'jane' }, {});
    const done = await ask(jane, { commonName: 'jane' }, {});
    await as(approver).update(csrs, approved(done), 'approval');
    await signed(done);
    const isGone = (csr: Csr) => eventually(() => assert.rejects(now(csr), isNotFound), 30_000, 5);
    // Timers are set after the answers are in.
    await eventually(() => clock.advance(hourMs + 1000), 100, 5);
    await eventually(
      async () => {
        clock.advance(1000);
        await assert.rejects(now(done), isNotFound);
      },
      30_000,
      5,
    );
    assert.ok(await now(waiting));
    await eventually(
      async () => {
        clock.advance(hourMs);
        await assert.rejects(now(waiting), isNotFound);
      },
      30_000,
      5,
    );
    await isGone(waiting);
  });
});
