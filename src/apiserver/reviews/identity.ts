/** Whom does this token stand for, and who am I? */
import { badRequest } from '../../api/errors.ts';
import type { ServiceAccountTokens } from '../authn/tokens.ts';
import type { User } from '../contract.ts';
import { type TokenReview, type UserInfo, userInfo } from './types.ts';

interface TokenReviewStatus {
  authenticated?: boolean;
  user: UserInfo;
  audiences?: readonly string[];
  error?: string;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-review-v1/ */
export async function reviewToken(
  { spec }: TokenReview,
  tokens: Pick<ServiceAccountTokens, 'verify'>,
): Promise<TokenReviewStatus> {
  if (!spec?.token) throw badRequest('token is required for TokenReview in authentication');
  const asked = spec.audiences?.length ? spec.audiences : undefined;
  try {
    const { user, audiences } = await tokens.verify(spec.token, asked);
    return { authenticated: true, user: userInfo(user), ...(asked && { audiences }) };
  } catch (err) {
    return { user: {}, error: err instanceof Error ? err.message : String(err) };
  }
}

/** `kubectl auth whoami` */
export const reviewSelf = (user: User) => ({ userInfo: userInfo(user) });
