import { ageColumn, nameColumn } from '../../columns.ts';
import type { Kind } from '../../kind.ts';
import { certificateSigningRequests } from '../../resource.ts';
import type { CertificateSigningRequest } from '../../types.ts';
import './fields.ts';

export const certificateSigningRequest: Kind<CertificateSigningRequest> = {
  resource: certificateSigningRequests,
  singular: 'certificatesigningrequest',
  shortNames: ['csr'],
  message: 'certificates/v1.CertificateSigningRequest',
  status: true,
  nameRule: 'subdomain',
  columns: [nameColumn, ageColumn],
};
