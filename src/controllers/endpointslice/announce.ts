/**
 * Tells people whether the endpoints of a Service are shared out to the zones, and if not, why: once each time
 * that it changes, in Kubernetes' words.
 * https://kubernetes.io/docs/concepts/services-networking/topology-aware-routing/#troubleshooting
 */
import { services } from '../../api/resource.ts';
import type { EndpointSlice, Service } from '../../api/types.ts';
import { keyOf } from '../../client/contract.ts';
import type { EventRecorder } from '../../client/events.ts';
import type { Family } from '../endpoint.ts';
import type { Topology } from './desired.ts';

const enabled = 'Topology Aware Hints has been enabled';
const disabled = 'Topology Aware Hints has been disabled';

export interface Announcements {
  /** `slices` are those that were there before: what they say is known already. */
  tell(service: Service, topology: readonly Topology[], slices: readonly EndpointSlice[]): void;
  forget(key: string): void;
}

export function announcements(events: EventRecorder): Announcements {
  /** What was said last of each family of a Service. */
  const said = new Map<string, Map<Family, string>>();
  return {
    tell(service, topology, slices) {
      const key = keyOf(service);
      if (topology.length === 0 && !said.has(key)) return;
      const before = said.get(key) ?? saidBy(slices);
      const now = new Map(topology.map(({ family, undetermined = enabled }) => [family, undetermined]));
      if (now.size > 0) said.set(key, now);
      else said.delete(key);
      const say = (family: Family, message: string) => {
        const [type, state] =
          message === enabled ? (['Normal', 'Enabled'] as const) : (['Warning', 'Disabled'] as const);
        const reason = `TopologyAwareHints${state}`;
        events.event(services, service, type, reason, `${message}, addressType: ${family}`);
      };
      for (const [family, message] of now) if (before.get(family) !== message) say(family, message);
      for (const [family, message] of before)
        if (message === enabled && !now.has(family)) say(family, disabled);
    },
    forget: (key) => void said.delete(key),
  };
}

/** Hints that are there were announced by whoever made them. */
function saidBy(slices: readonly EndpointSlice[]): Map<Family, string> {
  const hinted = slices.filter(({ endpoints = [] }) =>
    endpoints.some(({ hints }) => hints?.forZones?.length),
  );
  return new Map(hinted.map(({ addressType }) => [addressType as Family, enabled]));
}
