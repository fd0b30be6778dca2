/** Failures, and what is not an object, as answers. */
import { expired, internal, StatusError } from '../../api/errors.ts';
import type { KubeObject, Status } from '../../api/types.ts';
import type { Logger } from '../../lib/log.ts';
import { Compacted, TooSlow } from '../../store/contract.ts';
import type { ObjectAnswer, TextAnswer } from '../contract.ts';

export const text = (code: number, body: string): TextAnswer => ({
  code,
  contentType: 'text/plain; charset=utf-8',
  body,
});

/** What is thrown anywhere below, as the `Status` that the client sees. */
export function statusOf(err: unknown, log: Pick<Logger, 'error'>): Status {
  if (err instanceof StatusError) return err.status;
  if (err instanceof Compacted || err instanceof TooSlow) return expired(err.message).status;
  log.error({ err }, 'a request failed');
  return internal(err instanceof Error ? err.message : String(err)).status;
}

/** 404 for a path that means nothing. */
export const unknownPath = () =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});

export const notAllowed = () =>
  new StatusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );

/** What a delete answers when the object is gone at once. */
export const deleted = (resource: { group: string; plural: string }, object: KubeObject): Status => ({
  apiVersion: 'v1',
  kind: 'Status',
  metadata: {},
  status: 'Success',
  details: {
    name: object.metadata.name,
    ...(resource.group && { group: resource.group }),
    kind: resource.plural,
    ...(object.metadata.uid && { uid: object.metadata.uid }),
  },
  code: 200,
});

export const success = (code: number): ObjectAnswer => ({
  code,
  object: { apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Success', code } satisfies Status,
});
