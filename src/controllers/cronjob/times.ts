/** Which time of a schedule a CronJob has to catch up with, and when the next one is. */
import { parseSchedule, type Schedule } from '../../api/batch/cronjob/schedule.ts';
import type { CronJob } from '../../api/types.ts';

export interface Times {
  /** The newest that has passed and was not served. */
  due?: number;
  /** How many have passed; no more than {@link manyMissed} are counted. */
  missed: number;
  next?: number;
}

/** More than so many missed times are worth a warning. */
export const manyMissed = 100;

const minuteMs = 60_000;

export const scheduleOf = ({ spec }: CronJob): Schedule =>
  parseSchedule(spec?.schedule ?? '', spec?.timeZone);

/** https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#job-creation */
export function timesOf(cron: CronJob, schedule: Schedule, now: number): Times {
  const since = lookFrom(cron, now);
  const due = latest(schedule, since, now);
  const next = schedule.next(now);
  return {
    ...(due !== undefined && { due }),
    missed: countFrom(schedule, since, now),
    ...(next !== undefined && { next }),
  };
}

function lookFrom({ metadata, spec, status }: CronJob, now: number): number {
  const since = Date.parse(status?.lastScheduleTime ?? metadata.creationTimestamp ?? '');
  const deadline = spec?.startingDeadlineSeconds;
  return deadline === undefined ? since : Math.max(since, now - deadline * 1000);
}

/** Looks back further and further, so that years of missed minutes cost no more than one. */
function latest(schedule: Schedule, since: number, now: number): number | undefined {
  if (schedule.everyMs) {
    const steps = Math.floor((now - since) / schedule.everyMs);
    return steps > 0 ? Math.floor(since / 1000) * 1000 + steps * schedule.everyMs : undefined;
  }
  for (let backMs = minuteMs; ; backMs *= 2) {
    const from = Math.max(since, now - backMs);
    let found: number | undefined;
    for (let t = schedule.next(from); t !== undefined && t <= now; t = schedule.next(t)) found = t;
    if (found !== undefined || from === since || Number.isNaN(since)) return found;
  }
}

function countFrom(schedule: Schedule, since: number, now: number): number {
  let count = 0;
  for (let t = schedule.next(since); t !== undefined && t <= now && count <= manyMissed; t = schedule.next(t))
    count++;
  return count;
}
