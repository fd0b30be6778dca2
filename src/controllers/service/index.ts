/** Says what of a Service is accepted and has no effect, once for each thing that it says. */
import { isDeepStrictEqual } from 'node:util';
import { services } from '../../api/resource.ts';
import { keyOf } from '../../client/contract.ts';
import type { Controller } from '../loop.ts';
import { ignoredOf } from './ignored.ts';

export const serviceController: Controller = {
  name: 'service-controller',
  start(context) {
    const known = context.watch(services, (now, before) => {
      if (!now || (before && isDeepStrictEqual(ignoredOf(now), ignoredOf(before)))) return [];
      return [keyOf(now)];
    });
    return async (key) => {
      const service = known.get(key);
      const ignored = service ? ignoredOf(service).join(', ') : '';
      if (!service || !ignored) return;
      const message = `accepted, but nothing acts upon: ${ignored}`;
      context.events.event(services, service, 'Warning', 'IgnoredAnnotations', message);
    };
  },
};
