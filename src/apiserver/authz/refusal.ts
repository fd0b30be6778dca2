/** A refusal as the answer that its requester hears. */
import { forbidden, StatusError } from '../../api/errors.ts';
import type { Attributes, Decision } from './contract.ts';

/** 403: `pods "web" is forbidden: User "jane" cannot get resource "pods" in API group "" …` */
export function refused({ resource }: Attributes, { reason }: Decision): StatusError {
  if (resource) return forbidden(resource, resource.name ?? '', reason);
  return new StatusError(403, 'Forbidden', `forbidden: ${reason}`, {});
}
