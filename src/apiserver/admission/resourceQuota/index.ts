/**
 * Nothing is made in a namespace that its quotas have no room for. What is used is reckoned from the
 * store and from what was let in just now, so that two requests never take the same room.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#resourcequota
 */
import { plus, type Quantities } from '../../../api/core/pod/amounts.ts';
import {
  hardNames,
  isAbout as isQuotaAbout,
  totalOf,
  usageOfDraft,
} from '../../../api/core/resourcequota/usage.ts';
import {
  persistentVolumeClaims,
  pods,
  qualifiedName,
  resourceQuotas,
  services,
} from '../../../api/resource.ts';
import type { KubeObject, Pod, ResourceQuota } from '../../../api/types.ts';
import { placeOf } from '../../object/keys.ts';
import type { AdmissionPlugin, Operation } from '../contract.ts';
import { isAbout, refuse } from '../operation.ts';
import type { StoredObjects } from '../stored.ts';
import { Ledger } from './ledger.ts';
import { excess, increase, unsaid } from './rules.ts';

export function resourceQuota(store: StoredObjects): AdmissionPlugin {
  const ledger = new Ledger();
  const placed = ({ kind, namespace }: Operation) => `${qualifiedName(placeOf(kind))}/${namespace}`;

  return {
    name: 'ResourceQuota',
    handles: (operation) =>
      operation.kind.resource.namespaced &&
      operation.subresource === undefined &&
      (operation.verb === 'create' || (operation.verb === 'update' && isGrowing(operation))),
    async admit(operation) {
      const { object, namespace } = operation;
      const resource = placeOf(operation.kind);
      const quotas = (await store.list(resourceQuotas, namespace)).items.filter((quota) =>
        isQuotaAbout(quota, resource, object),
      );
      if (quotas.length === 0) return undefined;
      const stored = await store.list(resource, namespace);
      // From here to the reservation nothing is waited for.
      const place = placed(operation);
      const pending = ledger.notIn(place, stored.revision);
      const settled = stored.items.filter(({ metadata }) => !pending.has(metadata.uid ?? ''));
      const grows = quotas.map((quota) => {
        const requested = requestedOf(operation, quota);
        const used = plus(totalOf(quota, resource, settled), draftsTotal(quota, resource, pending.values()));
        const why = excess(quota, requested, used);
        if (why) throw refuse(operation, why);
        return Object.keys(requested).length > 0;
      });
      // What shrinks gives its room back when that has been written, and not before.
      return grows.includes(true) ? ledger.reserve(place, object) : undefined;
    },
    committed: (operation) => ledger.written(placed(operation), operation.object, store.revision()),
  };
}

/** What can use more after an update than before. */
const isGrowing = (operation: Operation): boolean =>
  isAbout(operation, services) || isAbout(operation, persistentVolumeClaims);

function requestedOf(operation: Operation, quota: ResourceQuota): Quantities {
  const { object, old } = operation;
  const resource = placeOf(operation.kind);
  const silent = isAbout(operation, pods) ? unsaid(quota, object as Pod) : undefined;
  if (silent) throw refuse(operation, silent);
  const before = old && isQuotaAbout(quota, resource, old) ? usageOfDraft(resource, old) : {};
  return increase(hardNames(quota, resource), usageOfDraft(resource, object), before);
}

const draftsTotal = (
  quota: ResourceQuota,
  resource: ReturnType<typeof placeOf>,
  drafts: Iterable<KubeObject>,
): Quantities =>
  [...drafts]
    .filter((draft) => isQuotaAbout(quota, resource, draft))
    .map((draft) => usageOfDraft(resource, draft))
    .reduce(plus, {});
