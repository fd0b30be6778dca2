/** Keeps the Service `default/kubernetes` and its endpoints; what is deleted or changed is put back. */
import { isDeepStrictEqual } from 'node:util';
import { isAlreadyExists } from '../../api/errors.ts';
import { endpointSlices, endpoints, type Resource, services } from '../../api/resource.ts';
import type { KubeObject } from '../../api/types.ts';
import type { Draft, Informer } from '../../client/contract.ts';
import type { Context, Controller } from '../loop.ts';
import * as desired from './desired.ts';

const key = `${desired.namespace}/${desired.name}`;

export const kubernetesService: Controller = {
  name: 'kubernetes-service-controller',
  start(context) {
    const { apiServer } = context.config;
    const isOurs = (object: KubeObject | undefined) =>
      object?.metadata.namespace === desired.namespace && object.metadata.name.startsWith(desired.name);
    const keysOf = (now: KubeObject | undefined, before: KubeObject | undefined) =>
      isOurs(now ?? before) ? [key] : [];
    const known = {
      services: context.watch(services, keysOf),
      endpoints: context.watch(endpoints, keysOf),
      slices: context.watch(endpointSlices, keysOf),
    };
    context.add(key);
    return async () => {
      await keep(context, services, known.services, desired.service(apiServer), (s) => s.spec?.ports);
      await keep(context, endpoints, known.endpoints, desired.endpoints(apiServer), (e) => e.subsets);
      for (const slice of desired.slices(apiServer))
        await keep(context, endpointSlices, known.slices, slice, (s) => [s.endpoints, s.ports]);
    };
  },
};

/** Creates the object, or brings back the part of it that `partOf` shows. */
async function keep<T extends KubeObject>(
  { client }: Context,
  resource: Resource<T>,
  known: Informer<T>,
  wanted: Draft<T>,
  partOf: (object: T) => unknown,
): Promise<void> {
  const { name, namespace = '' } = wanted.metadata;
  const found = known.get(`${namespace}/${name}`);
  if (found && isDeepStrictEqual(partOf(found), partOf(wanted as unknown as T))) return;
  try {
    if (!found) await client.create(resource, wanted);
    else await client.update(resource, { ...found, ...wanted, metadata: found.metadata });
  } catch (err) {
    if (!isAlreadyExists(err)) throw err;
  }
}
