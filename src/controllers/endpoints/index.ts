/**
 * Keeps the Endpoints object of every Service that has a selector, for `kubectl get endpoints`. One that
 * somebody wrote for a Service without selector is his, and goes with the Service.
 */
import { isDeepStrictEqual } from 'node:util';
import { isNotFound } from '../../api/errors.ts';
import { endpoints, pods, services } from '../../api/resource.ts';
import type { Endpoints, Service } from '../../api/types.ts';
import { keyOf } from '../../client/contract.ts';
import { differs } from '../endpoint.ts';
import { type Context, type Controller, itself } from '../loop.ts';
import { ownWrites } from '../ownWrites.ts';
import { hasSelector, podsOf, servicesOf } from '../selection.ts';
import { desired } from './desired.ts';

export const endpointsController: Controller = {
  name: 'endpoint-controller',
  concurrency: 2,
  // Nothing routes packets by this object: a burst of changes may be one write.
  restMs: 100,
  start(context) {
    /** Services that went while somebody was looking: what was written for them goes too. */
    const gone = new Set<string>();
    const known = context.watch(services, (now, before) => {
      const key = keyOf((now ?? before) as Service);
      if (now) gone.delete(key);
      else gone.add(key);
      return [key];
    });
    const allPods = context.watch(pods, (now, before) =>
      differs(now, before) ? [...servicesOf(known, now), ...servicesOf(known, before)] : [],
    );
    const objects = context.watch(endpoints, itself);
    const written = ownWrites(objects, context.clock);

    return async (key) => {
      const service = known.get(key);
      const [before] = written.over(
        [objects.get(key)].filter((e) => e !== undefined),
        (e) => keyOf(e) === key,
      );
      if (!service) {
        if (before && (gone.has(key) || isManaged(before))) await remove(context, before);
        return void gone.delete(key);
      }
      // Without a selector the object is its author's.
      if (!hasSelector(service)) return;
      const wanted = desired(service, podsOf(allPods, service), before);
      if (!before) written.wrote(await context.client.create(endpoints, wanted));
      else if (!same(before, wanted as Endpoints))
        written.wrote(await context.client.update(endpoints, wanted as Endpoints));
    };
  },
};

const isManaged = (object: Endpoints): boolean =>
  object.metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller';

const same = (a: Endpoints, b: Endpoints): boolean =>
  isDeepStrictEqual(
    [a.subsets ?? [], a.metadata.labels, a.metadata.annotations ?? {}],
    [b.subsets ?? [], b.metadata.labels, b.metadata.annotations ?? {}],
  );

async function remove({ client }: Context, object: Endpoints): Promise<void> {
  const { name, namespace = '' } = object.metadata;
  try {
    await client.delete(endpoints, { name, namespace });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}
