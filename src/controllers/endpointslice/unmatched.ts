/**
 * Tells people of a Service that leads nowhere: its selector matches no pod for half a minute, or no pod
 * that it selects has the port that it names. Looked at when the Service is new or says something else,
 * because a Deployment that is scaled to nothing is no mistake.
 */
import { isDeepStrictEqual } from 'node:util';
import { pods, services } from '../../api/resource.ts';
import type { Pod, Service } from '../../api/types.ts';
import { keyOf } from '../../client/contract.ts';
import { portsOf } from '../endpoint.ts';
import type { Controller } from '../loop.ts';
import { hasSelector, podsOf } from '../selection.ts';

export const patienceMs = 30_000;

export const unmatchedServices: Controller = {
  name: 'endpoint-slice-controller',
  start(context) {
    const { clock, events } = context;
    /** Since when a Service says what it says; those that were told of are not in it. */
    const since = new Map<string, number>();
    const known = context.watch(services, (now, before) => {
      const key = keyOf((now ?? before) as Service);
      if (!now || !hasSelector(now)) return (since.delete(key), []);
      if (before && saysTheSame(now, before)) return [];
      since.set(key, before ? clock.now() : Date.parse(now.metadata.creationTimestamp ?? ''));
      return [key];
    });
    const all = context.look(pods);
    return async (key) => {
      const service = known.get(key);
      const begun = since.get(key);
      if (!service || begun === undefined) return;
      const fault = faultOf(service, podsOf(all, service));
      if (!fault) return void since.delete(key);
      // Pods that are on their way may bring what is missing.
      const left = begun + patienceMs - clock.now();
      if (left > 0) return context.again(key, left);
      since.delete(key);
      events.event(services, service, 'Warning', fault.reason, fault.message);
    };
  },
};

const saysTheSame = ({ spec: a }: Service, { spec: b }: Service): boolean =>
  isDeepStrictEqual([a?.selector, a?.ports], [b?.selector, b?.ports]);

export function faultOf(
  service: Service,
  selected: readonly Pod[],
): { reason: string; message: string } | undefined {
  const { selector = {}, ports = [] } = service.spec ?? {};
  if (selected.length === 0) {
    const words = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
    return { reason: 'NoMatchingPods', message: `the selector ${words.join(',')} matches no pod` };
  }
  const missing = ports.filter((port) => !selected.some((pod) => hasPort(service, port, pod)));
  if (missing.length === 0) return undefined;
  const names = missing.map(({ targetPort }) => `"${String(targetPort)}"`);
  return {
    reason: 'NoSuchTargetPort',
    message: `no pod that the selector matches has a port named ${names.join(', ')}`,
  };
}

const hasPort = (
  { spec, ...service }: Service,
  port: NonNullable<NonNullable<Service['spec']>['ports']>[number],
  pod: Pod,
): boolean => portsOf({ ...service, spec: { ...spec, ports: [port] } }, pod).length > 0;
