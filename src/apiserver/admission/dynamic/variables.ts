/** What expressions see of an operation. https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#cel-expressions */
import type { Environment } from '@marcbachmann/cel-js';
import { bounded } from '../../../lib/bounded.ts';
import type { Authorizer } from '../../authz/contract.ts';
import { CelAuthorizer, registerAuthorizer } from '../../cel/authorizer.ts';
import { celEnvironment } from '../../cel/environment.ts';
import { celValue } from '../../cel/values.ts';
import type { Operation } from '../contract.ts';
import type { Asked } from './asked.ts';
import { requestOf } from './request.ts';

export type Variables = Readonly<Record<string, unknown>>;

export interface Seen {
  asked: Asked;
  /** The same in the form that the rules name. */
  form: Asked;
  operation: Operation;
  authorizer: Authorizer;
}

/** For all expressions of one webhook or policy about one object; nobody else is served meanwhile. */
const evaluationMs = 500;

/** @throws {Error} when the expressions take too long. */
export const inTime = <T>(evaluate: () => T): T => bounded(evaluationMs, evaluate);

/** An environment in which {@link variablesOf} are known, and these. */
export function admissionEnvironment(more: readonly string[] = []): Environment {
  const env = celEnvironment(['object', 'oldObject', 'request', ...more]);
  registerAuthorizer(env);
  return env;
}

export function variablesOf({ asked, form, operation, authorizer }: Seen): Variables {
  const { group, version, plural } = asked.kind.resource;
  const { subresource, namespace, name } = asked;
  const resource = {
    ...{ group, version, plural },
    ...(subresource && { subresource }),
    ...(namespace && { namespace }),
    ...(name && { name }),
  };
  return {
    object: celValue(form.object, undefined),
    oldObject: celValue(form.oldObject, undefined),
    request: celValue(requestOf(asked, form), undefined),
    authorizer: new CelAuthorizer(authorizer, operation.user, resource),
  };
}
