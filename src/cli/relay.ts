import { readRelayConfig, runRelay } from '../cluster/relay/relay.ts';
import { endSignal } from './signal.ts';

export async function relayCommand({ config }: { config: string }): Promise<void> {
  await runRelay(readRelayConfig(config), endSignal());
  process.exit(0);
}
