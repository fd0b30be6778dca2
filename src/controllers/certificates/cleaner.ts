/** Removes requests that are done with, in Kubernetes' times. */
import { isNotFound } from '../../api/errors.ts';
import { certificateSigningRequests } from '../../api/resource.ts';
import { expiresAtMs } from '../../lib/pki/expiry.ts';
import { type Controller, itself } from '../loop.ts';
import { type Csr, conditionOf, textOf } from './request.ts';

const hourMs = 3600_000;
const pendingMs = 24 * hourMs;

/** When the request is to go, in milliseconds since 1970. */
export function goesAtMs(csr: Csr): number {
  const { metadata, status } = csr;
  const verdicts = (['Approved', 'Denied', 'Failed'] as const).flatMap(
    (type) => conditionOf(csr, type) ?? [],
  );
  const isPending = verdicts.length === 0;
  if (isPending) return Date.parse(metadata.creationTimestamp ?? '') + pendingMs;
  const { certificate } = status ?? {};
  const isApproved = conditionOf(csr, 'Approved') !== undefined && conditionOf(csr, 'Failed') === undefined;
  // Approved, and a signer that is not ours takes its time.
  if (isApproved && !certificate) return Date.parse(metadata.creationTimestamp ?? '') + pendingMs;
  const saidMs = Math.min(...verdicts.map((c) => Date.parse(c.lastUpdateTime ?? '')));
  return Math.min(saidMs + hourMs, certificate ? expiresAtMs(textOf(certificate)) : Infinity);
}

export const cleaner: Controller = {
  name: 'certificate-cleaner',
  start(context) {
    const { client, clock, again } = context;
    const known = context.watch(certificateSigningRequests, itself);
    return async (name) => {
      const csr = known.get(name);
      if (!csr) return;
      const leftMs = goesAtMs(csr) - clock.now();
      if (leftMs > 0) return again(name, leftMs);
      await client
        .delete(certificateSigningRequests, { name }, { preconditions: { uid: csr.metadata.uid ?? '' } })
        .catch((err: unknown) => {
          if (!isNotFound(err)) throw err;
        });
    };
  },
};
