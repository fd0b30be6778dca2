/**
 * Keeps the EndpointSlices of every Service that has a selector. This is on the way of every packet that
 * follows a change, so it acts at once: changes of one turn of the event loop are taken together, and
 * nothing is waited for.
 */
import { isNotFound } from '../../api/errors.ts';
import { endpointSlices, nodes, pods, services } from '../../api/resource.ts';
import type { EndpointSlice, Node } from '../../api/types.ts';
import { keyOf } from '../../client/contract.ts';
import { differs } from '../endpoint.ts';
import { type Context, type Controller, itself } from '../loop.ts';
import { isControlledBy } from '../owners.ts';
import { type OwnWrites, ownWrites } from '../ownWrites.ts';
import { hasSelector, podsOf, servicesOf } from '../selection.ts';
import { announcements } from './announce.ts';
import { type Desired, desired, label, managedBy } from './desired.ts';
import { isProportional } from './hints.ts';
import { footprintOf, type Shares, sharesOf, zoneOf } from './topology.ts';
import { triggerTimes } from './triggerTime.ts';

export const endpointSlice: Controller = {
  name: 'endpoint-slice-controller',
  concurrency: 8,
  start(context) {
    const known = context.watch(services, itself);
    const allPods = context.watch(pods, (now, before) =>
      differs(now, before) ? [...servicesOf(known, now), ...servicesOf(known, before)] : [],
    );
    const slices = context.watch(endpointSlices, (now, before) => serviceOf(now ?? before));
    let shares: Shares | string | undefined;
    const servicesOnNode = (name: string) =>
      allPods.by('node', name).flatMap((pod) => servicesOf(known, pod));
    const allNodes = context.watch(nodes, (now, before) => {
      if (footprintOf(now) === footprintOf(before)) return [];
      shares = undefined;
      const shared = [...known.list()].filter(isProportional).map(keyOf);
      return [...shared, ...(hasMoved(now, before) ? servicesOnNode(now.metadata.name) : [])];
    });
    const written = ownWrites(slices, context.clock);
    const times = triggerTimes();
    const announce = announcements(context.events);

    return async (key) => {
      const service = known.get(key);
      if (!service) {
        times.forget(key);
        return announce.forget(key);
      }
      // Without a selector the slices are their author's.
      if (service.metadata.deletionTimestamp || !service.spec?.selector) return;
      const mine = written
        .over(slices.by('service', key), (slice) => serviceOf(slice)[0] === key)
        .filter((slice) => isManaged(slice) && isControlledBy(slice, service));
      const chosen = hasSelector(service) ? podsOf(allPods, service) : [];
      const triggerTime = times.next(key, service, chosen);
      const plan = desired({
        service,
        pods: chosen,
        slices: mine,
        nodeOf: (name) => allNodes.get(name),
        shares: () => (shares ??= sharesOf(allNodes.list())),
        ...(triggerTime && { triggerTime }),
      });
      await act(context, plan, written);
      announce.tell(service, plan.topology, mine);
    };
  },
};

/** Endpoints on it are in another zone now. */
const hasMoved = (now: Node | undefined, before: Node | undefined): now is Node =>
  now !== undefined && zoneOf(now) !== (before && zoneOf(before));

const isManaged = (slice: EndpointSlice): boolean => slice.metadata.labels?.[label.managedBy] === managedBy;

function serviceOf(slice: EndpointSlice | undefined): string[] {
  const name = slice && isManaged(slice) ? slice.metadata.labels?.[label.service] : undefined;
  return name === undefined ? [] : [`${slice?.metadata.namespace}/${name}`];
}

async function act({ client }: Context, wanted: Desired, written: OwnWrites<EndpointSlice>): Promise<void> {
  await Promise.all([
    ...wanted.update.map(async (slice) => written.wrote(await client.update(endpointSlices, slice))),
    ...wanted.create.map(async (slice) => written.wrote(await client.create(endpointSlices, slice))),
  ]);
  // What goes goes last, so that no endpoint is missing in between.
  for (const slice of wanted.remove) {
    const { name, namespace = '' } = slice.metadata;
    try {
      await client.delete(endpointSlices, { name, namespace });
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
    written.deleted(slice);
  }
}
