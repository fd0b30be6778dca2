/**
 * The control plane's own certificates. It has the authority's key, because it signs what others ask for; so
 * it makes its own anew when they get old, and asks nobody.
 */
import type { Clock } from '../../lib/clock.ts';
import { issueClientCertificate, issueServerCertificate, type KeyPair } from '../../lib/pki/certificate.ts';
import { renewed, youngOr } from '../../lib/pki/renewal.ts';
import { certificateLifeMs, kubeletClientSubject } from '../certificates.ts';
import type { ControlPlaneConfig } from '../config.ts';

interface Pairs {
  /** The API server towards its clients. */
  serving: KeyPair;
  /** The API server towards kubelets. */
  kubeletClient: KeyPair;
}

export interface OwnCertificates {
  renew: { readonly [name in keyof Pairs]: () => Promise<KeyPair> };
  /** Those of the configuration, or new ones where they are old. */
  young(): Promise<Pairs>;
}

type Config = Pick<ControlPlaneConfig, 'authority' | 'serving' | 'serverNames' | 'kubeletClient'>;

export function ownCertificates(
  { authority, serving, serverNames, kubeletClient }: Config,
  clock: Clock,
  validForMs = certificateLifeMs,
): OwnCertificates {
  const [commonName, ...organizations] = kubeletClientSubject;
  const renew = {
    serving: () => issueServerCertificate(authority, { ...serverNames, nowMs: clock.now(), validForMs }),
    kubeletClient: () =>
      issueClientCertificate(authority, { commonName, organizations, nowMs: clock.now(), validForMs }),
  };
  return {
    renew,
    young: async () => ({
      serving: await youngOr(serving, clock.now(), renew.serving),
      kubeletClient: await youngOr(kubeletClient, clock.now(), renew.kubeletClient),
    }),
  };
}

/** PEM, as TLS takes it. */
export const identityOf = ({ certificate, privateKey }: KeyPair) => ({ cert: certificate, key: privateKey });

type TakesIdentity = { setIdentity(identity: { cert: string; key: string }): void };

interface Users {
  server: TakesIdentity;
  proxy: TakesIdentity;
  clock: Clock;
  signal: AbortSignal;
}

/** Renews them until the signal; connections that are open go on. */
export function keepOwn(
  { renew }: OwnCertificates,
  pairs: Pairs,
  { server, proxy, clock, signal }: Users,
): void {
  const keep = (name: keyof Pairs, user: TakesIdentity) =>
    renewed({
      name,
      pair: pairs[name],
      renew: renew[name],
      use: (pair) => user.setIdentity(identityOf(pair)),
      clock,
      signal,
    });
  keep('serving', server);
  keep('kubeletClient', proxy);
}
