import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CertificateSigningRequest } from '../types.ts';
import { validateCreate, validateUpdate } from '../validate.ts';
import { certificateSigningRequest as kind } from './certificatesigningrequest/kind.ts';

type Csr = CertificateSigningRequest;

const base64 = (text: string) => Buffer.from(text).toString('base64');
const pem = (type: string) => base64(`-----BEGIN ${type}-----\nAAAA\n-----END ${type}-----\n`);

const csr = (spec: Partial<Csr['spec']> = {}, status?: Csr['status']): Csr => ({
  metadata: { name: 'jane', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: {
    request: pem('CERTIFICATE REQUEST'),
    signerName: 'kubernetes.io/kube-apiserver-client',
    usages: ['client auth'],
    username: 'jane',
    ...spec,
  },
  ...(status && { status }),
});
const said = (...types: string[]): Csr['status'] => ({
  conditions: types.map((type) => ({ type, status: 'True' })),
});
const faults = (object: Csr) => validateCreate(kind, object).map((e) => `${e.field}: ${e.message}`);
const changes = (now: Csr, old: Csr, part = '') =>
  validateUpdate(kind, now, old, part).map((e) => `${e.field}: ${e.message}`);

describe('a certificate request', () => {
  test('is good when it says what, of whom and for what', () => {
    assert.deepEqual(faults(csr()), []);
    assert.deepEqual(faults(csr({ signerName: 'example.com/my.signer', expirationSeconds: 600 })), []);
  });

  test('that is wrong is told so in the words of Kubernetes', () => {
    for (const [spec, why] of [
      [{ request: base64('text') }, /^spec\.request: .*PEM block type must be CERTIFICATE REQUEST$/],
      [{ signerName: '' }, /^spec\.signerName: Required value$/],
      [{ signerName: 'kubernetes.io/legacy-unknown' }, /the legacy signerName is not allowed/],
      [{ signerName: 'signer' }, /must be a fully qualified domain and path of the form/],
      [{ usages: [] }, /^spec\.usages: Required value/],
      [{ usages: ['client auth', 'client auth'] }, /^spec\.usages\[1\]: Duplicate value: "client auth"$/],
      [{ usages: ['fun'] }, /^spec\.usages\[0\]: Unsupported value: "fun"/],
      [
        { expirationSeconds: 599 },
        /^spec\.expirationSeconds: Invalid value: 599: may not specify a duration/,
      ],
    ] as const) {
      const wrong = faults(csr(spec as Partial<Csr['spec']>));
      assert.equal(wrong.length, 1, JSON.stringify(spec));
      assert.match(wrong[0] ?? '', why);
    }
  });

  test('is approved or denied by its approver only, once, and not both', () => {
    assert.deepEqual(changes(csr({}, said('Approved')), csr(), 'approval'), []);
    for (const part of ['', 'status'])
      assert.match(
        changes(csr({}, said('Approved')), csr(), part)[0] ?? '',
        /may not add a condition of type "Approved"/,
      );
    assert.match(
      changes(csr(), csr({}, said('Denied')), 'approval')[0] ?? '',
      /may not remove a condition of type "Denied"/,
    );
    assert.match(
      changes(csr({}, said('Denied', 'Approved')), csr({}, said('Denied')), 'approval')[0] ?? '',
      /mutually exclusive/,
    );
  });

  test('gets its certificate from its signer only, and never another one', () => {
    const approved = said('Approved');
    const signed = csr({}, { ...approved, certificate: pem('CERTIFICATE') });
    const other = csr({}, { ...approved, certificate: base64('-----BEGIN CERTIFICATE-----\nBBBB') });
    assert.deepEqual(changes(signed, csr({}, approved), 'status'), []);
    for (const part of ['', 'approval'])
      assert.match(changes(signed, csr({}, approved), part)[0] ?? '', /may not set certificate content/);
    assert.match(changes(other, signed, 'status')[0] ?? '', /may not modify existing certificate content/);
  });

  test('is printed with what became of it', () => {
    const row = (object: Csr) =>
      kind.columns.map((column) => column.value(object, Date.parse('2026-01-01T00:00:10Z'))).join(' ');
    assert.equal(row(csr()), 'jane 10s kubernetes.io/kube-apiserver-client jane <none> Pending');
    const done = csr({ expirationSeconds: 86_400 }, { ...said('Approved'), certificate: pem('CERTIFICATE') });
    assert.equal(row(done), 'jane 10s kubernetes.io/kube-apiserver-client jane 24h Approved,Issued');
    assert.match(row(csr({}, said('Approved', 'Failed'))), / Approved,Failed$/);
    assert.match(row(csr({}, said('Denied'))), / Denied$/);
  });
});
