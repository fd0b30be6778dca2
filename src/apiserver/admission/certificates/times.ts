/** When a condition was said and when it changed: the server's clock, where the writer says nothing. */
import type { CertificateSigningRequest } from '../../../api/types.ts';

type Csr = CertificateSigningRequest;

export function stampTimes({ status }: Csr, old: Csr, now: string): void {
  for (const condition of status?.conditions ?? []) {
    const before = old.status?.conditions?.find(({ type }) => type === condition.type);
    condition.lastUpdateTime ??= now;
    if (before?.status === condition.status && before.lastTransitionTime)
      condition.lastTransitionTime = before.lastTransitionTime;
    condition.lastTransitionTime ??= now;
  }
}
