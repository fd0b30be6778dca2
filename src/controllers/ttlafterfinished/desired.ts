import type { Job } from '../../api/types.ts';

/** How long a Job stays; undefined when it is not finished, stays for ever, or goes already. */
export function ttlLeftMs({ metadata, spec, status }: Job, now: number): number | undefined {
  const end = status?.conditions?.find(
    ({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True',
  );
  if (!end?.lastTransitionTime || spec?.ttlSecondsAfterFinished === undefined) return undefined;
  if (metadata.deletionTimestamp) return undefined;
  return Math.max(0, Date.parse(end.lastTransitionTime) + spec.ttlSecondsAfterFinished * 1000 - now);
}
