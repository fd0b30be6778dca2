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
  /** Of a list or watch: the fields that the selector pins to one value, such as `spec.nodeName`. */
  selected?: Readonly<Record<string, string>>;
}

export interface Decision {
  allowed: boolean;
  /** Why, for the message of a refusal and for access reviews. */
  reason: string;
}

export interface Authorizer {
  authorize(attributes: Attributes): Decision;
  /**
   * Before a decision: resolves when every write that was acknowledged until now counts. Undefined when that
   * is so already, and for an authorizer that follows nothing.
   */
  caughtUp?(): Promise<void> | undefined;
}
