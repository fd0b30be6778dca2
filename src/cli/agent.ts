import { readFileSync } from 'node:fs';
import { runAgent } from '../agent/agent.ts';
import type { AgentConfig } from '../agent/config.ts';
import { endSignal } from './signal.ts';

export async function agentCommand({ config }: { config: string }): Promise<void> {
  await runAgent(JSON.parse(readFileSync(config, 'utf8')) as AgentConfig, endSignal());
  process.exit(0);
}
