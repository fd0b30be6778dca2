/** May this request be answered? Refuses with 401 and 403. */
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../../lib/clock.ts';
import type { Authenticate, Authorize, User } from '../contract.ts';
import { Refusal } from '../refusal.ts';
import { attributesOf } from './attributes.ts';
import { identify } from './identity.ts';
import { remember } from './remember.ts';

export interface AccessOptions {
  authenticate: Authenticate;
  authorize: Authorize;
  clock: Clock;
}

const rememberedMs = 10_000;

export function accessControl({ authenticate, authorize, clock }: AccessOptions) {
  const users = remember<User | undefined>(rememberedMs, clock);
  const decisions = remember<boolean>(rememberedMs, clock);

  return async (request: IncomingMessage): Promise<void> => {
    const user = await identify(request, (token) => users(token, () => authenticate(token)));
    if (!user) throw new Refusal(401, 'Unauthorized');
    if (user.groups.includes('system:masters')) return;
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const { verb, subresources } = attributesOf(request.method ?? 'GET', path);
    for (const subresource of subresources) {
      const key = JSON.stringify([user, verb, subresource]);
      if (await decisions(key, () => authorize(user, { verb, subresource, path }))) return;
    }
    throw new Refusal(
      403,
      `Forbidden (user=${user.name}, verb=${verb}, resource=nodes, subresource=${subresources.join(',')})`,
    );
  };
}
