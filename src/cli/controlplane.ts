import { readFileSync } from 'node:fs';
import type { ControlPlaneConfig } from '../cluster/config.ts';
import { runControlPlane } from '../cluster/controlplane/run.ts';
import { endSignal } from './signal.ts';

export async function controlPlaneCommand({ config }: { config: string }): Promise<void> {
  await runControlPlane(JSON.parse(readFileSync(config, 'utf8')) as ControlPlaneConfig, endSignal());
  process.exit(0);
}
