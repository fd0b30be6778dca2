/** How a command in a container ended, as its client is told. */
import { internal, StatusError } from '../../api/errors.ts';
import type { Status } from '../../api/types.ts';

export type Outcome = { exitCode: number } | { error: string };

/** Since v4 the error stream carries a `Status`. */
export function statusOf(outcome: Outcome): Status {
  if ('error' in outcome) return internal(outcome.error).status;
  if (outcome.exitCode === 0)
    return { apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Success', code: 200 };
  const causes = [{ reason: 'ExitCode', message: String(outcome.exitCode) }];
  return new StatusError(500, 'NonZeroExitCode', text(outcome.exitCode), { causes }).status;
}

/** Before, it carried words, and only when something went wrong. */
export function wordsOf(outcome: Outcome): string {
  if ('error' in outcome) return outcome.error;
  return outcome.exitCode === 0 ? '' : `error executing command in container: ${text(outcome.exitCode)}`;
}

const text = (exitCode: number) => `command terminated with non-zero exit code: exit status ${exitCode}`;
