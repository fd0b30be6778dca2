/** Where the next page of a list begins, and at which revision: opaque for clients. */
import { badRequest, StatusError } from '../../api/errors.ts';

export interface ContinueToken {
  /** Of the first page; absent in a token that goes on with whatever is newest. */
  revision?: number;
  /** The key of the last object so far. */
  after: string;
}

export const writeContinue = (token: ContinueToken): string =>
  Buffer.from(JSON.stringify({ v: 1, ...token })).toString('base64url');

export function readContinue(text: string): ContinueToken {
  try {
    const token = JSON.parse(Buffer.from(text, 'base64url').toString()) as Partial<ContinueToken>;
    if (typeof token.after === 'string' && ['number', 'undefined'].includes(typeof token.revision))
      return token as ContinueToken;
  } catch {
    // Not ours: said below.
  }
  throw badRequest('continue key is not valid');
}

/** 410, with a token that goes on without the promise of one consistent list. */
export function expiredContinue({ after }: ContinueToken): StatusError {
  const error = new StatusError(
    410,
    'Expired',
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  );
  error.status.metadata = { continue: writeContinue({ after }) };
  return error;
}
