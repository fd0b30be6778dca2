import { dirname } from 'node:path';
import { readRelayConfig, runRelay } from '../cluster/relay/relay.ts';
import { endSignal } from './signal.ts';

export async function relayCommand({ config }: { config: string }): Promise<void> {
  await runRelay(readRelayConfig(config), dirname(config), endSignal());
  process.exit(0);
}
