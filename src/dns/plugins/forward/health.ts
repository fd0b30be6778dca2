/** An upstream that is down is asked a small question again and again, until it answers anything at all. */
import type { Clock } from '../../../lib/clock.ts';
import { questionMessage } from '../../wire/message.ts';
import { recordType } from '../../wire/types.ts';
import { exchange } from './exchange.ts';
import type { Options } from './options.ts';
import { answered, type Upstream } from './upstreams.ts';

const timeoutMs = 1_000;

/** Resolves when it answered, or at the signal. */
export async function untilHealthy(
  upstream: Upstream,
  { health, protocol }: Pick<Options, 'health' | 'protocol'>,
  clock: Clock,
  signal: AbortSignal,
  failed: () => void,
): Promise<void> {
  const question = {
    ...questionMessage(0, health.domain, recordType.NS),
    recursionDesired: health.recursionDesired,
  };
  while (!signal.aborted && upstream.isDown) {
    const over = new AbortController();
    const late = new AbortController();
    const ended = AbortSignal.any([over.signal, signal]);
    void clock.sleep(timeoutMs, ended).then(() => late.abort());
    try {
      await exchange(question, upstream, protocol === 'force tcp' ? 'tcp' : 'udp', late.signal);
      answered(upstream);
    } catch {
      failed();
      await clock.sleep(health.everyMs, signal);
    } finally {
      over.abort();
    }
  }
}
