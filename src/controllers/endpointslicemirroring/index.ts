/** Mirrors Endpoints that are their author's into EndpointSlices, as long as their Service has no selector. */
import { isNotFound } from '../../api/errors.ts';
import { endpointSlices, endpoints, services } from '../../api/resource.ts';
import type { EndpointSlice, Endpoints } from '../../api/types.ts';
import { type Context, type Controller, itself } from '../loop.ts';
import { type OwnWrites, ownWrites } from '../ownWrites.ts';
import { desired, isMirrored, label, type Mirror, managedBy, mostAddresses } from './desired.ts';

export const endpointSliceMirroring: Controller = {
  name: 'endpoint-slice-mirroring-controller',
  concurrency: 2,
  start(context) {
    const objects = context.watch(endpoints, itself);
    const known = context.watch(services, itself);
    const slices = context.watch(endpointSlices, (now, before) => keysOf(now ?? before));
    const written = ownWrites(slices, context.clock);
    return async (key) => {
      const mine = written
        .over(slices.by('service', key), (slice) => keysOf(slice)[0] === key)
        .filter(isMirror);
      const object = objects.get(key);
      if (!object || !isMirrored(object, known.get(key))) return removeAll(context, mine, written);
      const mirror = desired(object, mine);
      tell(context, object, mirror);
      await act(context, mirror, written);
    };
  },
};

const isMirror = ({ metadata }: EndpointSlice): boolean => metadata.labels?.[label.managedBy] === managedBy;

function keysOf(slice: EndpointSlice | undefined): string[] {
  const name = slice && isMirror(slice) ? slice.metadata.labels?.[label.service] : undefined;
  return name === undefined ? [] : [`${slice?.metadata.namespace}/${name}`];
}

function tell({ events }: Context, object: Endpoints, { skipped, invalid }: Mirror): void {
  const warn = (reason: string, message: string) =>
    events.event(endpoints, object, 'Warning', reason, message);
  if (invalid > 0)
    warn('InvalidIPAddresses', `Skipped ${invalid} invalid IP addresses when mirroring to EndpointSlices`);
  if (skipped > 0)
    warn(
      'TooManyAddressesToMirror',
      `A max of ${mostAddresses} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`,
    );
}

async function act(context: Context, mirror: Mirror, written: OwnWrites<EndpointSlice>): Promise<void> {
  const { client } = context;
  for (const slice of mirror.update) written.wrote(await client.update(endpointSlices, slice));
  for (const slice of mirror.create) written.wrote(await client.create(endpointSlices, slice));
  await removeAll(context, mirror.remove, written);
}

async function removeAll(
  { client }: Context,
  slices: readonly EndpointSlice[],
  written: OwnWrites<EndpointSlice>,
): Promise<void> {
  for (const slice of slices) {
    const { name, namespace = '' } = slice.metadata;
    try {
      await client.delete(endpointSlices, { name, namespace });
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
    written.deleted(slice);
  }
}
