/**
 * What is wrong with a request and with a change of it. The bytes inside the request are read in admission,
 * where there is time for it.
 */
import {
  type FieldError,
  fieldDuplicate,
  fieldForbidden,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
} from '../../errors.ts';
import { isDnsSubdomain } from '../../names.ts';
import type { CertificateSigningRequest } from '../../types.ts';
import { each, isSame, unique } from '../../validate/checks.ts';
import { usages as known, signers } from './signers.ts';

type Csr = CertificateSigningRequest;
type Condition = NonNullable<NonNullable<Csr['status']>['conditions']>[number];

/** A shorter life would end before clocks agree that it began. */
const shortestSeconds = 600;
/** What was said once is never taken back. */
const final = ['Approved', 'Denied', 'Failed'];

export const validateCsr = ({ spec, status }: Csr): FieldError[] => [
  ...validateRequest(spec.request),
  ...validateSignerName(spec.signerName),
  ...validateUsages(spec.usages),
  ...validateDuration(spec.expirationSeconds),
  ...validateConditions(status?.conditions),
  ...validateCertificate(status?.certificate),
];

function validateRequest(request: string | undefined): FieldError[] {
  const field = 'spec.request';
  if (!request) return [fieldInvalid(field, '', 'PEM block type must be CERTIFICATE REQUEST')];
  return isPem(request, ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'])
    ? []
    : [fieldInvalid(field, request, 'PEM block type must be CERTIFICATE REQUEST')];
}

const isPem = (base64: string, types: readonly string[]): boolean => {
  const text = Buffer.from(base64, 'base64').toString();
  return types.some((type) => text.includes(`-----BEGIN ${type}-----`));
};

function validateSignerName(name: string | undefined): FieldError[] {
  const field = 'spec.signerName';
  if (!name) return [fieldRequired(field)];
  if (name === signers.legacyUnknown)
    return [fieldInvalid(field, name, 'the legacy signerName is not allowed via this API version')];
  const [domain = '', path = '', ...more] = name.split('/');
  if (path === '' || more.length > 0 || !domain.includes('.'))
    return [
      fieldInvalid(
        field,
        name,
        "must be a fully qualified domain and path of the form 'example.com/signer-name'",
      ),
    ];
  return [
    ...isDnsSubdomain(domain).map((why) => fieldInvalid(field, domain, `validating domain segment: ${why}`)),
    ...isDnsSubdomain(path).map((why) => fieldInvalid(field, path, `validating path segment: ${why}`)),
  ];
}

function validateUsages(usages: readonly string[] | undefined): FieldError[] {
  if (!usages || usages.length === 0) return [fieldRequired('spec.usages', 'usages is required')];
  return [
    ...each('spec.usages', usages, (usage, field) =>
      known.includes(usage) ? [] : [fieldNotSupported(field, usage, known.toSorted())],
    ),
    ...unique(
      usages,
      (usage) => usage,
      (i) => `spec.usages[${i}]`,
    ),
  ];
}

function validateDuration(seconds: number | undefined): FieldError[] {
  if (seconds === undefined || seconds >= shortestSeconds) return [];
  return [
    fieldInvalid(
      'spec.expirationSeconds',
      seconds,
      'may not specify a duration less than 600 seconds (10 minutes)',
    ),
  ];
}

function validateConditions(conditions: readonly Condition[] = []): FieldError[] {
  const at = 'status.conditions';
  const wrong = each(at, conditions, ({ type, status }, field) => {
    if (!type) return [fieldRequired(`${field}.type`)];
    if (!status) return [fieldRequired(`${field}.status`)];
    const values = final.includes(type) ? ['True'] : ['False', 'True', 'Unknown'];
    return values.includes(status) ? [] : [fieldNotSupported(`${field}.status`, status, values)];
  });
  const types = conditions.map(({ type }) => type);
  for (const [i, type] of types.entries())
    if (types.indexOf(type) < i) wrong.push(fieldDuplicate(`${at}[${i}].type`, type));
  if (types.includes('Approved') && types.includes('Denied'))
    wrong.push(fieldInvalid(at, 'Denied', 'Approved and Denied conditions are mutually exclusive'));
  return wrong;
}

function validateCertificate(certificate: string | undefined): FieldError[] {
  if (!certificate || isPem(certificate, ['CERTIFICATE'])) return [];
  return [
    fieldInvalid(
      'status.certificate',
      '<certificate data>',
      'must contain at least one CERTIFICATE PEM block',
    ),
  ];
}

/** Who writes the object as a whole changes labels and annotations; the rest has writers of its own. */
export const validateCsrUpdate = (now: Csr, old: Csr): FieldError[] => [
  ...keptConditions(now, old),
  ...addedVerdicts(now, old),
  ...keptCertificate(now, old, 'updates may not set certificate content'),
];

/** The signer writes the certificate, once, and says when it cannot. */
export const validateCsrStatus = (now: Csr, old: Csr): FieldError[] => [
  ...keptConditions(now, old),
  ...addedVerdicts(now, old),
  ...(old.status?.certificate
    ? keptCertificate(now, old, 'updates may not modify existing certificate content')
    : []),
];

/** The approver says yes or no. */
export const validateCsrApproval = (now: Csr, old: Csr): FieldError[] => [
  ...keptConditions(now, old),
  ...keptCertificate(now, old, 'updates may not set certificate content'),
];

const typesOf = ({ status }: Csr) => new Set(status?.conditions?.map(({ type }) => type));

function keptConditions(now: Csr, old: Csr): FieldError[] {
  const there = typesOf(now);
  return final
    .filter((type) => typesOf(old).has(type) && !there.has(type))
    .map((type) =>
      fieldForbidden('status.conditions', `updates may not remove a condition of type "${type}"`),
    );
}

function addedVerdicts(now: Csr, old: Csr): FieldError[] {
  const before = typesOf(old);
  return ['Approved', 'Denied']
    .filter((type) => typesOf(now).has(type) && !before.has(type))
    .map((type) => fieldForbidden('status.conditions', `updates may not add a condition of type "${type}"`));
}

const keptCertificate = (now: Csr, old: Csr, why: string): FieldError[] =>
  isSame(now.status?.certificate, old.status?.certificate) ? [] : [fieldForbidden('status.certificate', why)];
