/** Makes Jobs when their time has come. */
import { isAlreadyExists, isNotFound } from '../../api/errors.ts';
import { cronJobs, jobs } from '../../api/resource.ts';
import type { CronJob, Job } from '../../api/types.ts';
import { keyOf } from '../../client/contract.ts';
import { rfc3339 } from '../../lib/clock.ts';
import { type Context, type Controller, itself } from '../loop.ts';
import { isControlledBy, ownerKey } from '../owners.ts';
import { type OwnWrites, ownWrites } from '../ownWrites.ts';
import { isSameStatus } from '../sameStatus.ts';
import { type Desired, desired, referenceTo } from './desired.ts';

export const cronJob: Controller = {
  name: 'cronjob-controller',
  concurrency: 2,
  restMs: 20,
  start(context) {
    const crons = context.watch(cronJobs, itself);
    const known = context.watch(jobs, (now, before) => ownerKey(now ?? before, cronJobs));
    const written = ownWrites(known, context.clock);
    const cronsWritten = ownWrites(crons, context.clock);
    return async (key) => {
      const found = crons.get(key);
      // What was written a moment ago says when it was last due.
      const [cron] = found ? cronsWritten.over([found], () => false) : [];
      if (!cron) return;
      const owned = written.over(known.by('owner', cron.metadata.uid ?? ''), (job) =>
        isControlledBy(job, cron),
      );
      await sync(context, cron, owned, { written, cronsWritten });
    };
  },
};

interface Written {
  written: OwnWrites<Job>;
  cronsWritten: OwnWrites<CronJob>;
}

async function sync(context: Context, cron: CronJob, owned: readonly Job[], world: Written): Promise<void> {
  const { client, clock, events, again } = context;
  const wanted = desired(cron, owned, clock.now());
  for (const { type, reason, message } of wanted.events) events.event(cronJobs, cron, type, reason, message);
  for (const job of [...wanted.forget, ...wanted.replace]) await remove(context, cron, job, world.written);
  const status = wanted.create
    ? await begin(context, cron, wanted.create, wanted, world.written)
    : wanted.status;
  if (!isSameStatus(status, cron.status))
    world.cronsWritten.wrote(await client.update(cronJobs, { ...cron, status }, 'status'));
  if (wanted.againMs !== undefined) again(keyOf(cron), wanted.againMs);
}

async function begin(
  { client, events }: Context,
  cron: CronJob,
  { draft, dueMs }: NonNullable<Desired['create']>,
  { status, replace }: Desired,
  written: OwnWrites<Job>,
): Promise<Desired['status']> {
  const lastScheduleTime = rfc3339(dueMs);
  let job: Job;
  try {
    job = await client.create(jobs, draft);
  } catch (err) {
    if (isAlreadyExists(err)) return { ...status, lastScheduleTime };
    const why = err instanceof Error ? err.message : String(err);
    events.event(cronJobs, cron, 'Warning', 'FailedCreate', `Error creating job: ${why}`);
    throw err;
  }
  written.wrote(job);
  events.event(cronJobs, cron, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`);
  const replaced = new Set(replace.map(({ metadata }) => metadata.uid));
  const others = (status.active ?? []).filter(({ uid }) => !replaced.has(uid));
  return { ...status, active: [...others, referenceTo(job)], lastScheduleTime };
}

async function remove(
  { client, events }: Context,
  cron: CronJob,
  job: Job,
  written: OwnWrites<Job>,
): Promise<void> {
  const { name, namespace = '', uid = '' } = job.metadata;
  try {
    const preconditions = { uid };
    await client.delete(jobs, { name, namespace }, { propagationPolicy: 'Background', preconditions });
    events.event(cronJobs, cron, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
  written.deleted(job);
}
