/** What a request wants to do, in the words of RBAC, and whether its user may. */
import type { User } from '../contract.ts';

/** https://kubernetes.io/docs/reference/access-authn-authz/authorization/#review-your-request-attributes */
export interface Attributes {
  user: User;
  /** `get list watch create update patch delete deletecollection`, or the lower-case HTTP method for a path. */
  verb: string;
  /** Absent for a path that is no resource. */
  resource?: {
    group: string;
    version: string;
    plural: string;
    subresource?: string;
    namespace?: string;
    name?: string;
  };
  path: string;
}

export interface Decision {
  allowed: boolean;
  /** Why, for the message of a refusal and for access reviews. */
  reason: string;
}

export interface Authorizer {
  authorize(attributes: Attributes): Decision;
}
