/** The reviews as they stand on the wire. */
import type * as k8s from '@kubernetes/client-node';
import type { Wire } from '../../api/types.ts';
import type { User } from '../contract.ts';

export type TokenReview = Wire<k8s.V1TokenReview>;
export type SubjectAccessReview = Wire<k8s.V1SubjectAccessReview>;
export type SelfSubjectRulesReview = Wire<k8s.V1SelfSubjectRulesReview>;
export type RulesStatus = Wire<k8s.V1SubjectRulesReviewStatus>;

/** `authentication.k8s.io/v1.UserInfo` */
export interface UserInfo {
  username?: string;
  uid?: string;
  groups?: readonly string[];
  extra?: User['extra'];
}

export const userInfo = ({ name, uid, groups, extra }: User): UserInfo => ({
  username: name,
  ...(uid && { uid }),
  groups,
  ...(extra && { extra }),
});
