/** Signs what was approved, with the cluster's authority. */
import { certificateSigningRequests } from '../../api/resource.ts';
import { signRequest } from '../../lib/pki/request.ts';
import type { ControllerConfig } from '../config.ts';
import { type Controller, itself } from '../loop.ts';
import { type Csr, concluded, conditionOf, requested, textOf } from './request.ts';
import { isOurs, whyNotSigned } from './rules.ts';

type Signing = NonNullable<ControllerConfig['signing']>;

export const signer: Controller = {
  name: 'certificate-signer',
  start(context) {
    const { client, clock, config } = context;
    const { signing } = config;
    // Without the authority's key somebody else signs, as without `--cluster-signing-key-file`.
    if (!signing) return async () => {};
    const known = context.watch(certificateSigningRequests, itself);
    return async (name) => {
      const csr = known.get(name);
      if (!csr || !isWaiting(csr)) return;
      await client.update(certificateSigningRequests, await answered(csr, signing, clock.now()), 'status');
    };
  },
};

const isWaiting = (csr: Csr): boolean =>
  isOurs(csr.spec.signerName) &&
  conditionOf(csr, 'Approved') !== undefined &&
  conditionOf(csr, 'Failed') === undefined &&
  !csr.status?.certificate;

/** The request with its certificate, or with why there is none. */
async function answered(csr: Csr, { authority, longestMs }: Signing, nowMs: number): Promise<Csr> {
  const why = whyNotSigned(csr.spec, await requested(csr));
  if (why !== undefined) return concluded(csr, 'Failed', 'SignerValidationFailure', why);
  const { usages = [], expirationSeconds } = csr.spec;
  const askedMs = expirationSeconds === undefined ? longestMs : expirationSeconds * 1000;
  const validForMs = Math.min(askedMs, longestMs);
  const pem = await signRequest(authority, textOf(csr.spec.request), { usages, nowMs, validForMs });
  return { ...csr, status: { ...csr.status, certificate: Buffer.from(pem).toString('base64') } };
}
