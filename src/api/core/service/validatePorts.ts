import { type FieldError, fieldDuplicate, fieldForbidden, fieldRequired } from '../../errors.ts';
import { isDnsLabel, isPortName, isPortNumber, isQualifiedName } from '../../names.ts';
import type { Service, ServicePort } from '../../types.ts';
import { because, each, named, oneOf, optional, unique } from '../../validate/checks.ts';
import { PROTOCOLS } from '../../validate/words.ts';

type Spec = NonNullable<Service['spec']>;

export function validatePorts(spec: Spec): FieldError[] {
  const ports = spec.ports ?? [];
  const headless = spec.clusterIP === 'None';
  if (ports.length === 0)
    return headless || spec.type === 'ExternalName' ? [] : [fieldRequired('spec.ports')];
  return [
    ...each('spec.ports', ports, (port, at) => validatePort(port, at, ports.length > 1)),
    ...validateNodePorts(spec),
    ...unique(
      ports,
      (p) => p.name,
      (i) => `spec.ports[${i}].name`,
    ),
    ...duplicatePorts(ports),
  ];
}

function validatePort(port: ServicePort, at: string, needsName: boolean): FieldError[] {
  return [
    ...(needsName || port.name ? named(`${at}.name`, port.name, isDnsLabel) : []),
    ...because(`${at}.port`, port.port, isPortNumber(port.port)),
    ...oneOf(`${at}.protocol`, port.protocol, PROTOCOLS),
    ...validateTargetPort(`${at}.targetPort`, port.targetPort),
    ...optional(`${at}.appProtocol`, port.appProtocol, isQualifiedName),
  ];
}

/** A number, or the name of a port of the pods' containers. */
function validateTargetPort(field: string, target: number | string | undefined): FieldError[] {
  if (target === undefined) return [];
  return because(field, target, typeof target === 'number' ? isPortNumber(target) : isPortName(target));
}

/** Whether it is free, and in the range, is said when it is given out. */
function validateNodePorts({ type, ports = [] }: Spec): FieldError[] {
  const seen = new Set<string>();
  return each('spec.ports', ports, ({ nodePort, protocol }, at) => {
    const field = `${at}.nodePort`;
    if (!nodePort) return [];
    const key = `${protocol}/${nodePort}`;
    const isTwice = seen.has(key);
    seen.add(key);
    return [
      ...(type === 'ClusterIP' ? [fieldForbidden(field, "may not be used when `type` is 'ClusterIP'")] : []),
      ...(isTwice ? [fieldDuplicate(field, nodePort)] : []),
    ];
  });
}

function duplicatePorts(ports: readonly ServicePort[]): FieldError[] {
  const seen = new Set<string>();
  return each('spec.ports', ports, ({ port, protocol }, at) => {
    const key = `${protocol}/${port}`;
    if (seen.has(key)) return [fieldDuplicate(at, { port, protocol })];
    seen.add(key);
    return [];
  });
}
