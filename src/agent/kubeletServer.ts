/** The kubelet's server on :10250. */
import type { Client } from '../client/contract.ts';
import type { Kubelet } from '../kubelet/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { AgentConfig } from './config.ts';

export function serveKubelet(_c: AgentConfig, _k: Kubelet, _client: Client, _clock: Clock, _s: AbortSignal): Promise<{ close(): Promise<void> }> {
  return Promise.resolve({ close: () => Promise.resolve() });
}
