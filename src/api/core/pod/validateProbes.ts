import { type FieldError, fieldForbidden, fieldInvalid, fieldRequired } from '../../errors.ts';
import { isHttpHeaderName, isPortName, isPortNumber } from '../../names.ts';
import type { Container, Probe } from '../../types.ts';
import { atLeast, because, each, nonNegative, oneOf } from '../../validate/checks.ts';

type Lifecycle = NonNullable<Container['lifecycle']>;
type LifecycleHandler = NonNullable<Lifecycle['preStop']>;
type ProbeHandler = Pick<Probe, 'exec' | 'grpc' | 'httpGet' | 'tcpSocket'>;

export function validateProbes(field: string, container: Container): FieldError[] {
  const { livenessProbe, readinessProbe, startupProbe } = container;
  const wrong = [
    ...validateProbe(`${field}.livenessProbe`, livenessProbe),
    ...validateProbe(`${field}.readinessProbe`, readinessProbe),
    ...validateProbe(`${field}.startupProbe`, startupProbe),
  ];
  for (const [name, probe] of Object.entries({ livenessProbe, startupProbe })) {
    const threshold = probe?.successThreshold;
    if (threshold !== undefined && threshold !== 1)
      wrong.push(fieldInvalid(`${field}.${name}.successThreshold`, threshold, 'must be 1'));
  }
  const grace = readinessProbe?.terminationGracePeriodSeconds;
  if (grace !== undefined)
    wrong.push(
      fieldInvalid(
        `${field}.readinessProbe.terminationGracePeriodSeconds`,
        grace,
        'must not be set for readinessProbes',
      ),
    );
  return wrong;
}

function validateProbe(field: string, probe: Probe | undefined): FieldError[] {
  if (!probe) return [];
  return [
    ...validateHandler(field, probe),
    ...nonNegative(`${field}.initialDelaySeconds`, probe.initialDelaySeconds),
    ...nonNegative(`${field}.timeoutSeconds`, probe.timeoutSeconds),
    ...nonNegative(`${field}.periodSeconds`, probe.periodSeconds),
    ...nonNegative(`${field}.successThreshold`, probe.successThreshold),
    ...nonNegative(`${field}.failureThreshold`, probe.failureThreshold),
    ...atLeast(`${field}.terminationGracePeriodSeconds`, probe.terminationGracePeriodSeconds, 1),
  ];
}

export const validateLifecycle = (field: string, lifecycle: Lifecycle | undefined): FieldError[] => [
  ...(lifecycle?.postStart ? validateHandler(`${field}.postStart`, lifecycle.postStart) : []),
  ...(lifecycle?.preStop ? validateHandler(`${field}.preStop`, lifecycle.preStop) : []),
];

function validateHandler(field: string, handler: ProbeHandler & LifecycleHandler): FieldError[] {
  const given = (['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const).filter((key) => handler[key]);
  if (given.length === 0) return [fieldRequired(field, 'must specify a handler type')];
  const { exec, httpGet, tcpSocket, grpc } = handler;
  return [
    ...given
      .slice(1)
      .map((key) => fieldForbidden(`${field}.${key}`, 'may not specify more than 1 handler type')),
    ...(exec && !exec.command?.length ? [fieldRequired(`${field}.exec.command`)] : []),
    ...(httpGet ? validateHttpGet(`${field}.httpGet`, httpGet) : []),
    ...(tcpSocket ? validatePort(`${field}.tcpSocket.port`, tcpSocket.port) : []),
    ...(grpc ? validatePort(`${field}.grpc.port`, grpc.port) : []),
  ];
}

const validateHttpGet = (field: string, get: NonNullable<Probe['httpGet']>): FieldError[] => [
  ...(get.path ? [] : [fieldRequired(`${field}.path`)]),
  ...validatePort(`${field}.port`, get.port),
  ...oneOf(`${field}.scheme`, get.scheme, ['HTTP', 'HTTPS']),
  ...each(`${field}.httpHeaders`, get.httpHeaders, ({ name }, at) =>
    because(`${at}.name`, name, isHttpHeaderName(name)),
  ),
];

/** `PodSpec` types ports of probes as objects, since they may be a number or a name. */
function validatePort(field: string, port: unknown): FieldError[] {
  if (typeof port === 'string') return because(field, port, isPortName(port));
  return because(field, port, isPortNumber(typeof port === 'number' ? port : 0));
}
