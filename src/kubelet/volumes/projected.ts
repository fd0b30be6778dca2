/** https://kubernetes.io/docs/concepts/storage/projected-volumes/ */
import type { Pod } from '../../api/types.ts';
import { configMap } from './configMap.ts';
import type { Payload, PayloadOf, VolumeContext } from './contract.ts';
import { downwardAPI } from './downwardAPI.ts';
import { defaultFileMode, inside } from './items.ts';
import { secret } from './secret.ts';

type Projected = Parameters<PayloadOf<'projected'>>[0];
type Projection = NonNullable<Projected['sources']>[number];

export const projected: PayloadOf<'projected'> = async (source, context) => {
  const { sources = [], defaultMode = defaultFileMode } = source;
  const parts = await Promise.all(sources.map((part) => payloadOf(part, defaultMode, context)));
  return new Map(parts.flatMap((part) => [...part]));
};

function payloadOf(part: Projection, defaultMode: number, context: VolumeContext): Promise<Payload> {
  if (part.configMap) return configMap({ ...part.configMap, defaultMode }, context);
  if (part.secret) {
    const { name = '', ...rest } = part.secret;
    return secret({ ...rest, secretName: name, defaultMode }, context);
  }
  if (part.downwardAPI) return downwardAPI({ ...part.downwardAPI, defaultMode }, context);
  if (part.serviceAccountToken) return token(part.serviceAccountToken, defaultMode, context);
  throw new Error(`projected source ${Object.keys(part).join(', ')} is not supported`);
}

const hourSeconds = 3600;

async function token(
  source: NonNullable<Projection['serviceAccountToken']>,
  defaultMode: number,
  context: VolumeContext,
): Promise<Payload> {
  const data = await context.token(source.audience, source.expirationSeconds ?? hourSeconds);
  const uid = onlyUser(context.pod);
  const narrow = uid !== undefined || context.pod.spec?.securityContext?.fsGroup !== undefined;
  const file = { data, mode: narrow ? 0o600 : defaultMode, ...(uid !== undefined && { uid }) };
  return new Map([[inside(source.path), file]]);
}

/** The user that all containers run as, if the pod says so: the token is then theirs alone. */
function onlyUser({ spec }: Pod): number | undefined {
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  const users = new Set(
    containers.map((c) => c.securityContext?.runAsUser ?? spec?.securityContext?.runAsUser),
  );
  const [user] = users;
  return users.size === 1 ? user : undefined;
}
