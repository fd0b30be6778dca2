/** Has a running container probed. */
import type { Container, Pod } from '../../../api/types.ts';
import type { ContainerRecord } from '../../contract.ts';
import { busyMsOf, calledPorts, listeningPorts, type Served, servedPorts } from '../../probes/listening.ts';
import type { Surroundings } from '../surroundings.ts';
import { statusesOf } from '../told.ts';
import { portNumber } from './ports.ts';
import { runIn } from './run.ts';

export function watchHealth(
  pod: Pod,
  container: Container,
  record: ContainerRecord,
  podIP: string,
  around: Surroundings,
  onChange: () => void,
): void {
  const before = statusesOf(pod).find((status) => status.containerID === `crun://${record.id}`);
  around.probes.follow({
    id: record.id,
    container,
    startedAtMs: record.startedAtMs ?? record.createdAtMs,
    serves: () => served(pod, container, record, around),
    ...(before && { before: { started: before.started ?? false, ready: before.ready } }),
    target: {
      ip: podIP,
      port: (name) => portNumber(container, name),
      exec: (argv, timeoutMs) => runIn(around.runtime, record.id, argv, timeoutMs),
    },
    onChange,
    onUnhealthy: (message) => around.event(pod, 'Warning', 'Unhealthy', message, container.name),
  });
}

function served(pod: Pod, container: Container, record: ContainerRecord, around: Surroundings): Served {
  const called = calledPorts(pod, around.services(pod.metadata.namespace ?? ''));
  const ports = [...servedPorts(container, record.exposedPorts), ...called];
  return {
    ports: record.pid === undefined ? [] : ports,
    listening: () => listeningPorts(record.pid ?? 0),
    busyMs: () => busyMsOf(record.pid ?? 0),
  };
}
