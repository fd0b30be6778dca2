import type { Probe } from '../../api/types.ts';
import { failed, type Outcome, ok, type Target } from './contract.ts';

/** Good when the command ends with 0. */
export async function execProbe(
  { command = [] }: NonNullable<Probe['exec']>,
  target: Target,
  timeoutMs: number,
): Promise<Outcome> {
  try {
    const { code, output } = await target.exec(command, timeoutMs);
    return code === 0 ? ok(output) : failed(output);
  } catch (err) {
    return failed(err instanceof Error ? err.message : String(err));
  }
}
