import { isDeepStrictEqual } from 'node:util';

/** Whether nothing would change: a count of 0 and none are the same, because the API stores most of them alike. */
export const isSameStatus = (a: object | undefined, b: object | undefined): boolean =>
  isDeepStrictEqual(withoutZeros(a), withoutZeros(b));

const withoutZeros = (status: object = {}): object =>
  Object.fromEntries(Object.entries(status).filter(([, value]) => value !== 0));
