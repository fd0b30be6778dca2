import { formatDuration } from '../../age.ts';
import { ageColumn, NONE, nameColumn } from '../../columns.ts';
import type { Column } from '../../kind.ts';
import type { CertificateSigningRequest } from '../../types.ts';

export const csrColumns: readonly Column<CertificateSigningRequest>[] = [
  nameColumn,
  ageColumn,
  { name: 'SignerName', description: 'Who is to sign.', value: ({ spec }) => spec?.signerName ?? '' },
  { name: 'Requestor', description: 'Who asks.', value: ({ spec }) => spec?.username ?? '' },
  {
    name: 'RequestedDuration',
    description: 'How long the certificate is to hold.',
    value: ({ spec }) =>
      spec?.expirationSeconds === undefined ? NONE : formatDuration(spec.expirationSeconds * 1000),
  },
  { name: 'Condition', description: 'What became of it.', value: conditionOf },
];

function conditionOf({ status }: CertificateSigningRequest): string {
  const has = (type: string) => status?.conditions?.some((c) => c.type === type) ?? false;
  const words = [has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'];
  if (has('Failed')) words.push('Failed');
  if (status?.certificate) words.push('Issued');
  return words.join(',');
}
