import { type FieldError, fieldForbidden, fieldInvalid, fieldNotFound, fieldRequired } from '../../errors.ts';
import { isDnsLabel, isPortName, isPortNumber } from '../../names.ts';
import type { Container, PodSpec } from '../../types.ts';
import { because, between, each, named, oneOf, optional, unique } from '../../validate/checks.ts';
import { PROTOCOLS } from '../../validate/words.ts';
import { validateEnvironment } from './validateEnvironment.ts';
import { validateEphemeral } from './validateEphemeral.ts';
import { validateLifecycle, validateProbes } from './validateProbes.ts';
import { validateResources } from './validateResources.ts';
import { localPath } from './validateVolumes.ts';

const MAX_INT32 = 2 ** 31 - 1;

export function validateContainers(field: string, spec: PodSpec): FieldError[] {
  const { containers, initContainers = [] } = spec;
  const at = (i: number) =>
    i < initContainers.length
      ? `${field}.initContainers[${i}].name`
      : `${field}.containers[${i - initContainers.length}].name`;
  return [
    ...(containers.length === 0 ? [fieldRequired(`${field}.containers`)] : []),
    ...each(`${field}.initContainers`, initContainers, (c, at) => [
      ...validateContainer(c, at, spec),
      ...validateInitContainer(c, at),
    ]),
    ...each(`${field}.containers`, containers, (c, at) => validateContainer(c, at, spec)),
    ...unique([...initContainers, ...containers], (c) => c.name, at),
    ...each(`${field}.ephemeralContainers`, spec.ephemeralContainers, (c, at) =>
      validateContainer(c, at, spec),
    ),
    ...validateEphemeral(`${field}.ephemeralContainers`, spec),
    ...validateHostPorts(`${field}.containers`, containers),
  ];
}

/** Two containers cannot have the same port of the node. */
function validateHostPorts(field: string, containers: readonly Container[]): FieldError[] {
  const ports = containers.flatMap((container, i) =>
    (container.ports ?? []).map((port, j) => ({ port, at: `${field}[${i}].ports[${j}].hostPort` })),
  );
  return unique(
    ports,
    ({ port }) => (port.hostPort ? `${port.protocol}/${port.hostIP ?? ''}/${port.hostPort}` : undefined),
    (i) => ports[i]?.at ?? field,
  );
}

function validateContainer(container: Container, field: string, spec: PodSpec): FieldError[] {
  const user = container.securityContext;
  return [
    ...named(`${field}.name`, container.name, isDnsLabel),
    ...validateImage(`${field}.image`, container.image),
    ...oneOf(`${field}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']),
    ...oneOf(`${field}.terminationMessagePolicy`, container.terminationMessagePolicy, [
      'FallbackToLogsOnError',
      'File',
    ]),
    ...validatePorts(container, field, spec.hostNetwork ?? false),
    ...validateEnvironment(field, container),
    ...validateResources(`${field}.resources`, container.resources),
    ...validateMounts(container, field, spec),
    ...validateProbes(field, container),
    ...validateLifecycle(`${field}.lifecycle`, container.lifecycle),
    ...between(`${field}.securityContext.runAsUser`, user?.runAsUser, 0, MAX_INT32),
    ...between(`${field}.securityContext.runAsGroup`, user?.runAsGroup, 0, MAX_INT32),
    ...(user?.privileged && user.allowPrivilegeEscalation === false
      ? [
          fieldInvalid(
            `${field}.securityContext`,
            user,
            'cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
          ),
        ]
      : []),
  ];
}

function validateImage(field: string, image: string | undefined): FieldError[] {
  if (!image) return [fieldRequired(field)];
  return image === image.trim()
    ? []
    : [fieldInvalid(field, image, 'must not have leading or trailing whitespace')];
}

function validateInitContainer(container: Container, field: string): FieldError[] {
  if (container.restartPolicy === 'Always') return [];
  return (['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
    .filter((key) => container[key])
    .map((key) =>
      fieldForbidden(`${field}.${key}`, 'may not be set for init containers without restartPolicy=Always'),
    );
}

function validatePorts({ ports = [] }: Container, field: string, hostNetwork: boolean): FieldError[] {
  return [
    ...each(`${field}.ports`, ports, ({ name, containerPort, hostPort, protocol }, at) => [
      ...optional(`${at}.name`, name, isPortName),
      ...(containerPort
        ? because(`${at}.containerPort`, containerPort, isPortNumber(containerPort))
        : [fieldRequired(`${at}.containerPort`)]),
      ...(hostPort ? because(`${at}.hostPort`, hostPort, isPortNumber(hostPort)) : []),
      ...(hostNetwork && hostPort && hostPort !== containerPort
        ? [
            fieldInvalid(
              `${at}.containerPort`,
              containerPort,
              'must match `hostPort` when `hostNetwork` is true',
            ),
          ]
        : []),
      ...oneOf(`${at}.protocol`, protocol, PROTOCOLS),
    ]),
    ...unique(
      ports,
      (p) => p.name,
      (i) => `${field}.ports[${i}].name`,
    ),
  ];
}

function validateMounts({ volumeMounts = [] }: Container, field: string, spec: PodSpec): FieldError[] {
  const volumes = new Set(spec.volumes?.map((v) => v.name));
  const paths = new Set<string>();
  return each(`${field}.volumeMounts`, volumeMounts, (mount, at) => {
    const wrong = named(`${at}.name`, mount.name);
    if (mount.name && !volumes.has(mount.name)) wrong.push(fieldNotFound(`${at}.name`, mount.name));
    if (!mount.mountPath) wrong.push(fieldRequired(`${at}.mountPath`));
    else if (paths.has(mount.mountPath))
      wrong.push(fieldInvalid(`${at}.mountPath`, mount.mountPath, 'must be unique'));
    paths.add(mount.mountPath);
    if (mount.subPath) wrong.push(...localPath(`${at}.subPath`, mount.subPath));
    if (mount.subPath && mount.subPathExpr)
      wrong.push(
        fieldInvalid(
          `${at}.subPathExpr`,
          mount.subPathExpr,
          'subPathExpr and subPath are mutually exclusive',
        ),
      );
    return wrong;
  });
}
