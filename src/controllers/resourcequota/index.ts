/**
 * Says in the status of quotas what is used up. Only kinds that some quota names are counted; what is let
 * in is decided by admission, not here.
 */
import { isConflict, isNotFound } from '../../api/errors.ts';
import { qualifiedName, type Resource, resourceQuotas } from '../../api/resource.ts';
import type { KubeObject } from '../../api/types.ts';
import { type Informer, keyOf } from '../../client/contract.ts';
import { informer as startInformer } from '../../client/informer.ts';
import { customKinds } from '../customKinds.ts';
import { namespacedKinds } from '../kinds.ts';
import { type Controller, itself } from '../loop.ts';
import { isSameStatus } from '../sameStatus.ts';
import { type Counted, kindNames, statusOf } from './desired.ts';

interface Known {
  resource: Resource;
  /** Made when the first quota names the kind. */
  informer?: Informer<KubeObject>;
  begin(): Informer<KubeObject>;
}

const byNamespace = { namespace: (object: KubeObject) => [object.metadata.namespace ?? ''] };

export const resourceQuota: Controller = {
  name: 'resourcequota-controller',
  concurrency: 2,
  restMs: 50,
  start(context) {
    const { client, clock, add } = context;
    const quotas = context.watch(resourceQuotas, itself);
    const kinds = new Map<string, Known>();
    for (const resource of namespacedKinds)
      kinds.set(qualifiedName(resource), { resource, begin: () => context.informers.of(resource) });
    customKinds(context, (resource, { signal }) => {
      if (!resource.namespaced) return;
      const name = qualifiedName(resource);
      const known: Known = {
        resource,
        begin: () => startInformer(client, resource, { indexes: byNamespace, signal, clock }),
      };
      kinds.set(name, known);
      signal.addEventListener('abort', () => kinds.get(name) === known && kinds.delete(name), { once: true });
      for (const quota of quotas.list()) if (kindNames(quota).has(name)) add(keyOf(quota));
    });

    function counting(known: Known): Informer<KubeObject> {
      if (known.informer) return known.informer;
      const informer = known.begin();
      known.informer = informer;
      const name = qualifiedName(known.resource);
      informer.onChange((now, before) => {
        for (const quota of quotas.by('namespace', (now ?? before)?.metadata.namespace ?? ''))
          if (kindNames(quota).has(name)) add(keyOf(quota));
      });
      return informer;
    }

    return async (key) => {
      const quota = quotas.get(key);
      if (!quota) return;
      const { namespace = '' } = quota.metadata;
      const counted: Counted[] = [];
      for (const name of kindNames(quota)) {
        const known = kinds.get(name);
        if (!known) continue;
        const informer = counting(known);
        await informer.synced;
        counted.push({ resource: known.resource, objects: informer.by('namespace', namespace) });
      }
      const status = statusOf(quota, counted);
      if (isSameStatus(status, quota.status)) return;
      try {
        await client.update(resourceQuotas, { ...quota, status }, 'status');
      } catch (err) {
        if (isConflict(err)) return add(key);
        if (!isNotFound(err)) throw err;
      }
    };
  },
};
