import { type FieldError, fieldInvalid, fieldNotSupported, fieldRequired } from '../../errors.ts';
import type { CronJob } from '../../types.ts';
import { nonNegative, oneOf } from '../../validate/checks.ts';
import { validateJobSpec } from '../job/validate.ts';
import { isTimeZone, parseSchedule } from './schedule.ts';

type Spec = NonNullable<CronJob['spec']>;

/** A Job's name has eleven characters more, and is a label of its pods. */
const MAX_NAME = 52;

export function validateCronJob({ spec }: CronJob): FieldError[] {
  if (!spec) return [];
  return [
    ...validateSchedule(spec.schedule),
    ...nonNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds),
    ...nonNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit),
    ...nonNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit),
    ...oneOf('spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']),
    ...validateTimeZone(spec.timeZone),
    ...validateTemplate(spec),
  ];
}

export const validateCronJobCreate = ({ metadata: { name } }: CronJob): FieldError[] =>
  name.length > MAX_NAME
    ? [fieldInvalid('metadata.name', name, `must be no more than ${MAX_NAME} characters`)]
    : [];

function validateSchedule(schedule: string): FieldError[] {
  const at = 'spec.schedule';
  if (schedule === '') return [fieldRequired(at)];
  if (/(^|\s)(CRON_)?TZ=/.test(schedule))
    return [fieldInvalid(at, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')];
  try {
    parseSchedule(schedule);
    return [];
  } catch (err) {
    return [fieldInvalid(at, schedule, err instanceof Error ? err.message : String(err))];
  }
}

function validateTimeZone(timeZone: string | undefined): FieldError[] {
  const at = 'spec.timeZone';
  if (timeZone === undefined) return [];
  if (timeZone === '') return [fieldInvalid(at, timeZone, 'timeZone must be nil or non-empty string')];
  if (timeZone.toLowerCase() === 'local')
    return [
      fieldInvalid(
        at,
        timeZone,
        'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
      ),
    ];
  return isTimeZone(timeZone) ? [] : [fieldInvalid(at, timeZone, `unknown time zone ${timeZone}`)];
}

function validateTemplate({ jobTemplate }: Spec): FieldError[] {
  const at = 'spec.jobTemplate.spec';
  const { spec } = jobTemplate;
  if (!spec) return [];
  return [
    ...validateJobSpec(at, spec),
    ...(spec.selector
      ? [fieldInvalid(`${at}.selector`, spec.selector, '`selector` will be auto-generated')]
      : []),
    ...(spec.manualSelector ? [fieldNotSupported(`${at}.manualSelector`, true, ['nil', 'false'])] : []),
  ];
}
