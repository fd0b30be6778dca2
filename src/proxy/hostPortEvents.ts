/** What pods and Services are told about ports of the node that are not theirs as they asked for. */
import { pods as podResource, services as serviceResource } from '../api/resource.ts';
import type { Pod, Service } from '../api/types.ts';
import { type Informer, keyOf } from '../client/contract.ts';
import type { EventRecorder } from '../client/events.ts';
import { idOf } from './frontend.ts';
import { hostPortFrontends, unservedHostIPs } from './hostPorts.ts';

export interface Waiting {
  who: 'pod' | 'service';
  message: string;
}

/** Where a pod's host port is a Service's node port too: that comes first, except at a hostIP. */
export function waitingOf(pod: Pod, service: Service, nodeName: string): Waiting[] {
  const { ports = [], ipFamilies = ['IPv4'] } = service.spec ?? {};
  const waiting = hostPortFrontends(pod).flatMap(({ family, protocol, port, address }): Waiting[] => {
    const name = `${port}/${protocol.toUpperCase()}`;
    const meets = ports.some((p) => p.nodePort === port && (p.protocol ?? 'TCP').toLowerCase() === protocol);
    if (!meets || !ipFamilies.includes(`IPv${family}`)) return [];
    if (address === '')
      return [
        { who: 'pod', message: `hostPort ${name} waits: it is the node port of Service ${keyOf(service)}` },
      ];
    const where = `at ${address} on node ${nodeName}`;
    return [
      {
        who: 'service',
        message: `node port ${name} waits ${where}: it is the hostPort of pod ${keyOf(pod)}`,
      },
    ];
  });
  // Of two families a port is one to people.
  return [...new Map(waiting.map((one) => [one.message, one])).values()];
}

export interface HostPortEventsOptions {
  /** Of this node. */
  pods: Informer<Pod>;
  services: Informer<Service>;
  nodeName: string;
  events: EventRecorder;
}

/** Tells each once, and again when it comes anew. */
export function tellOfHostPorts({ pods, services, nodeName, events }: HostPortEventsOptions): void {
  const asking = new Map<string, Pod>();
  /** What was told of a pod and a Service, by both. */
  const told = new Map<string, string>();

  function look(pod: Pod, service: Service | undefined, serviceKey: string): void {
    const name = `${keyOf(pod)} ${serviceKey}`;
    const found = service && asking.has(keyOf(pod)) ? waitingOf(pod, service, nodeName) : [];
    const text = found.map(({ message }) => message).join();
    if (text === (told.get(name) ?? '')) return;
    if (text === '') told.delete(name);
    else told.set(name, text);
    for (const { who, message } of found) {
      if (who === 'pod') events.event(podResource, pod, 'Warning', 'HostPortWaits', message);
      else if (service) events.event(serviceResource, service, 'Warning', 'NodePortWaits', message);
    }
  }

  const idsOf = (pod: Pod | undefined) => (pod ? hostPortFrontends(pod).map(idOf).join() : '');
  pods.onChange((now, before) => {
    const pod = now ?? before;
    if (!pod || idsOf(now) === idsOf(before)) return;
    if (now && idsOf(now) !== '') asking.set(keyOf(now), now);
    else asking.delete(keyOf(pod));
    for (const service of services.list()) look(pod, service, keyOf(service));
  });
  pods.onChange((now, before) => {
    const hostIPs = now ? unservedHostIPs(now).join(', ') : '';
    if (!now || hostIPs === '' || (before && unservedHostIPs(before).join(', ') === hostIPs)) return;
    const message = `hostIP ${hostIPs} is no address of node ${nodeName}: nothing is reached by it`;
    events.event(podResource, now, 'Warning', 'HostIPNotServed', message);
  });
  services.onChange((now, before) => {
    const service = now ?? before;
    if (service) for (const pod of asking.values()) look(pod, now, keyOf(service));
  });
}
