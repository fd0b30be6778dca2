/** https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions */
import { badRequest, StatusError } from '../../api/errors.ts';

/** Undefined: the newest (`""`); 0: any; else that one. */
export function parseResourceVersion(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw badRequest(`resourceVersion: Invalid value: ${JSON.stringify(text)}: it must be a whole number`);
  return Number(text);
}

/** Throws when nobody can have seen this version yet, so that clients of another history find out. */
export function checkReadVersion(asked: number | undefined, newest: number): void {
  if (asked === undefined || asked <= newest) return;
  throw new StatusError(504, 'Timeout', `Too large resource version: ${asked}, current: ${newest}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}
