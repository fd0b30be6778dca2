/**
 * A certificate that never gets old: it is renewed after two thirds of its life, by whatever way there is,
 * and tried again until that works. Kubelets take 70 to 90 percent:
 * https://kubernetes.io/docs/tasks/tls/certificate-rotation/
 */
import type { Clock } from '../clock.ts';
import { logger } from '../log.ts';
import type { KeyPair } from './certificate.ts';
import { renewAtMs } from './expiry.ts';

const log = logger('certificates');

export interface RenewalOptions {
  /** For the log: `kubelet's client certificate`. */
  name: string;
  pair: KeyPair;
  /** Makes the next one; may fail, and is then asked again. */
  renew: () => Promise<KeyPair>;
  /** Told of each new one. */
  use?: (pair: KeyPair) => void;
  clock: Clock;
  signal: AbortSignal;
}

export interface Renewed {
  /** The newest; the same object until there is another one. */
  current(): KeyPair;
}

/** Timers cannot wait for longer than 24 days. */
const longestSleepMs = 24 * 3600_000;
const firstRestMs = 500;
const shortestRestMs = 100;
const longestRestMs = 60_000;

/** From now on and until the signal. */
export function renewed(options: RenewalOptions): Renewed {
  let { pair } = options;
  void keep(options, pair, (next) => {
    pair = next;
    options.use?.(next);
  });
  return { current: () => pair };
}

async function keep(options: RenewalOptions, first: KeyPair, use: (pair: KeyPair) => void): Promise<void> {
  const { name, renew, clock, signal } = options;
  let failures = 0;
  for (let pair = first; ; ) {
    await sleepUntil(renewAtMs(pair.certificate), clock, signal);
    if (signal.aborted) return;
    try {
      pair = await renew();
      use(pair);
      failures = 0;
      log.info({ name }, 'a certificate was renewed');
    } catch (err) {
      failures++;
      log.warn({ name, err: String(err) }, 'a certificate cannot be renewed yet');
    }
    // Also after a success: an authority that is about to end gives ever shorter certificates.
    await clock.sleep(restMs(pair.certificate, failures, clock.now()), signal);
  }
}

async function sleepUntil(atMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  for (let leftMs = atMs - clock.now(); leftMs > 0 && !signal.aborted; leftMs = atMs - clock.now())
    await clock.sleep(Math.min(leftMs, longestSleepMs), signal);
}

/** Longer after each failure, and never long against what is left of the certificate's life. */
function restMs(certificate: string, failures: number, nowMs: number): number {
  const leftMs = Math.max(renewAtMs(certificate, 1) - nowMs, 0);
  const backoffMs = Math.min(firstRestMs * 2 ** failures, longestRestMs);
  return Math.min(backoffMs, Math.max(leftMs / 10, shortestRestMs));
}

/** The certificate when it is young enough, else what `make` makes. */
export async function youngOr(
  known: KeyPair | undefined,
  nowMs: number,
  make: () => Promise<KeyPair>,
): Promise<KeyPair> {
  return known && nowMs < renewAtMs(known.certificate) ? known : make();
}
