import type { Kind } from '../../kind.ts';
import { certificateSigningRequests } from '../../resource.ts';
import type { CertificateSigningRequest } from '../../types.ts';
import { csrColumns } from './columns.ts';
import './fields.ts';
import { validateCsr, validateCsrApproval, validateCsrStatus, validateCsrUpdate } from './validate.ts';

export const certificateSigningRequest: Kind<CertificateSigningRequest> = {
  resource: certificateSigningRequests,
  singular: 'certificatesigningrequest',
  shortNames: ['csr'],
  message: 'certificates/v1.CertificateSigningRequest',
  status: true,
  nameRule: 'subdomain',
  selectableFields: { 'spec.signerName': ({ spec }) => spec?.signerName ?? '' },
  validate: validateCsr,
  validateUpdate: validateCsrUpdate,
  validateSubresource: { status: validateCsrStatus, approval: validateCsrApproval },
  columns: csrColumns,
};
