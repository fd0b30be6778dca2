/** Where the API server is that a Corefile names; undefined for the process's own. */
import { readFileSync } from 'node:fs';
import type { ApiEndpoint } from '../../../client/connection.ts';
import { fromKubeconfig } from '../../../client/kubeconfig.ts';
import type { Target } from './options.ts';

export function endpointOf(
  { endpoint, tls, kubeconfig, context }: Target,
  pathOf: (file: string) => string,
): ApiEndpoint | undefined {
  const read = (file: string | undefined) => file !== undefined && readFileSync(pathOf(file), 'utf8');
  const known = kubeconfig === undefined ? undefined : fromKubeconfig(pathOf(kubeconfig), context);
  if (!known && endpoint === undefined) return undefined;
  const [cert, key, ca] = (tls ?? []).map(read);
  return {
    ...known,
    server: endpoint ?? known?.server ?? '',
    ...(cert && { cert }),
    ...(key && { key }),
    ...(ca && { ca }),
  };
}
