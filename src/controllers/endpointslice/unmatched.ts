/**
 * Tells people of a Service that leads nowhere: its selector matches no pod for half a minute, or no pod
 * that it selects has the port that it names. Looked at when the Service is new or says something else, and for
 * the port when its pods are others. A workload that is scaled to nothing is no mistake.
 */
import { isDeepStrictEqual } from 'node:util';
import { deployments, pods, services, statefulSets } from '../../api/resource.ts';
import type { Deployment, Pod, Service, StatefulSet } from '../../api/types.ts';
import { keyOf } from '../../client/contract.ts';
import { portsOf } from '../endpoint.ts';
import type { Controller } from '../loop.ts';
import { hasAll, hasSelector, podsOf, servicesOf } from '../selection.ts';

export const patienceMs = 30_000;

export const unmatchedServices: Controller = {
  name: 'endpoint-slice-controller',
  start(context) {
    const { clock, events } = context;
    /** Since when a Service or its pods are as they are; those that were told of are not in it. */
    const since = new Map<string, { at: number; who: 'service' | 'pods' }>();
    const known = context.watch(services, (now, before) => {
      const key = keyOf((now ?? before) as Service);
      if (!now || !hasSelector(now)) return (since.delete(key), []);
      if (before && saysTheSame(now, before)) return [];
      const at = before ? clock.now() : Date.parse(now.metadata.creationTimestamp ?? '');
      since.set(key, { at, who: 'service' });
      return [key];
    });
    const all = context.watch(pods, (now, before) => {
      if (now && before) return [];
      const keys = servicesOf(known, now ?? before).filter((key) => namesPorts(known.get(key)));
      for (const key of keys) if (!since.has(key)) since.set(key, { at: clock.now(), who: 'pods' });
      return keys;
    });
    const workloads = [context.look(deployments), context.look(statefulSets)];
    const isAsleep = (service: Service) =>
      workloads.some((each) => [...each.list()].some((workload) => sleepsFor(service, workload)));
    return async (key) => {
      const service = known.get(key);
      const begun = since.get(key);
      if (!service || begun === undefined) return;
      const fault = faultOf(service, podsOf(all, service));
      if (!fault) return void since.delete(key);
      // Pods that are on their way may bring what is missing.
      const left = begun.at + patienceMs - clock.now();
      if (left > 0) return context.again(key, left);
      since.delete(key);
      if (fault.reason === noPods && (begun.who === 'pods' || isAsleep(service))) return;
      events.event(services, service, 'Warning', fault.reason, fault.message);
    };
  },
};

const namesPorts = (service: Service | undefined): boolean =>
  service?.spec?.ports?.some(({ targetPort }) => typeof targetPort === 'string') ?? false;

const saysTheSame = ({ spec: a }: Service, { spec: b }: Service): boolean =>
  isDeepStrictEqual([a?.selector, a?.ports], [b?.selector, b?.ports]);

const noPods = 'NoMatchingPods';

/** Whether the workload is scaled to nothing, and its pods would be the Service's. */
export const sleepsFor = (service: Service, { metadata, spec }: Deployment | StatefulSet): boolean =>
  spec?.replicas === 0 &&
  metadata.namespace === service.metadata.namespace &&
  hasAll(spec.template?.metadata?.labels, service.spec?.selector);

export function faultOf(
  service: Service,
  selected: readonly Pod[],
): { reason: string; message: string } | undefined {
  const { selector = {}, ports = [] } = service.spec ?? {};
  if (selected.length === 0) {
    const words = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
    return { reason: noPods, message: `the selector ${words.join(',')} matches no pod` };
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
