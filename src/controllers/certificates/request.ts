/** Questions that all three controllers ask of a request. */
import type { CertificateSigningRequest } from '../../api/types.ts';
import { type Requested, readRequest } from '../../lib/pki/request.ts';

export type Csr = CertificateSigningRequest;
export type Verdict = 'Approved' | 'Denied' | 'Failed';

export const conditionOf = ({ status }: Csr, type: Verdict) =>
  status?.conditions?.find((condition) => condition.type === type);

export const textOf = (base64 = ''): string => Buffer.from(base64, 'base64').toString();

export const requested = ({ spec }: Csr): Promise<Requested> => readRequest(textOf(spec.request));

/** The request with one more condition. */
export const concluded = (csr: Csr, type: Verdict, reason: string, message: string): Csr => ({
  ...csr,
  status: {
    ...csr.status,
    conditions: [...(csr.status?.conditions ?? []), { type, status: 'True', reason, message }],
  },
});
