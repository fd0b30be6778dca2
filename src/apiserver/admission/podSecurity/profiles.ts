/** The profiles by which the kernel confines processes: AppArmor, SELinux, seccomp. */
import type { Container } from '../../../api/types.ts';
import type { Check, Minor, Subject, Violation } from './contract.ts';
import { containers as naming, plural, quoted, unique } from './words.ts';

export const appArmor: Check = {
  id: 'appArmorProfile',
  level: 'baseline',
  check({ metadata, spec, containers }) {
    const prefix = 'container.apparmor.security.beta.kubernetes.io/';
    const isBad = (type: string | undefined) =>
      type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost';
    const bad: string[] = [];
    const values: string[] = [];
    const podType = spec.securityContext?.appArmorProfile?.type;
    if (podType !== undefined && isBad(podType)) {
      bad.push('pod');
      values.push(podType);
    }
    const badContainers = containers.filter((c) => isBad(c.securityContext?.appArmorProfile?.type));
    if (badContainers.length > 0) {
      bad.push(naming(badContainers.map((c) => c.name)));
      values.push(...badContainers.map((c) => c.securityContext?.appArmorProfile?.type ?? ''));
    }
    const annotations = Object.entries(metadata?.annotations ?? {})
      .filter(([key, value]) => key.startsWith(prefix) && !isAllowedAnnotation(value))
      .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
      .toSorted();
    if (values.length + annotations.length === 0) return undefined;
    const set = [
      ...(bad.length > 0
        ? [`${bad.join(' and ')} must not set AppArmor profile type to ${quoted(unique(values))}`]
        : []),
    ];
    if (annotations.length > 0)
      set.push(`${plural('annotation', 'annotations', annotations.length)} ${quoted(annotations)}`);
    return {
      reason: plural(
        'forbidden AppArmor profile',
        'forbidden AppArmor profiles',
        values.length + annotations.length,
      ),
      detail: set.join(' and '),
    };
  },
};

const isAllowedAnnotation = (value: string): boolean =>
  value === '' || value === 'runtime/default' || value.startsWith('localhost/');

const seLinuxTypes = (minor: Minor): ReadonlySet<string> =>
  new Set([
    '',
    'container_t',
    'container_init_t',
    'container_kvm_t',
    ...(minor >= 31 ? ['container_engine_t'] : []),
  ]);

export const seLinuxOptions: Check = {
  id: 'seLinuxOptions',
  level: 'baseline',
  check({ spec, containers }, minor) {
    const allowed = seLinuxTypes(minor);
    const bad: string[] = [];
    const types: string[] = [];
    let user = false;
    let role = false;
    const isBad = (options: { type?: string; user?: string; role?: string } | undefined) => {
      if (!options) return false;
      const wrongType = !allowed.has(options.type ?? '');
      if (wrongType) types.push(options.type ?? '');
      if (options.user) user = true;
      if (options.role) role = true;
      return wrongType || Boolean(options.user) || Boolean(options.role);
    };
    if (isBad(spec.securityContext?.seLinuxOptions)) bad.push('pod');
    const names = containers.filter((c) => isBad(c.securityContext?.seLinuxOptions)).map((c) => c.name);
    if (names.length > 0) bad.push(naming(names));
    if (bad.length === 0) return undefined;
    const set = [
      ...(types.length > 0
        ? [`${plural('type', 'types', unique(types).length)} ${quoted(unique(types))}`]
        : []),
      ...(user ? ['user may not be set'] : []),
      ...(role ? ['role may not be set'] : []),
    ];
    return {
      reason: 'seLinuxOptions',
      detail: `${bad.join(' and ')} set forbidden securityContext.seLinuxOptions: ${set.join('; ')}`,
    };
  },
};

export const seccomp: Check = {
  id: 'seccompProfile_baseline',
  level: 'baseline',
  since: 19,
  replacedBy: 'seccompProfile_restricted',
  check: ({ spec, containers }) => forbiddenSeccomp(spec, containers),
};

function forbiddenSeccomp(spec: Subject['spec'], containers: readonly Container[]): Violation | undefined {
  const isBad = (type: string | undefined) =>
    type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost';
  const bad: string[] = [];
  const types: string[] = [];
  const ofPod = spec.securityContext?.seccompProfile?.type;
  if (ofPod !== undefined && isBad(ofPod)) {
    bad.push('pod');
    types.push(ofPod);
  }
  const names = containers.filter((c) => isBad(c.securityContext?.seccompProfile?.type));
  if (names.length > 0) {
    bad.push(naming(names.map((c) => c.name)));
    types.push(...names.map((c) => c.securityContext?.seccompProfile?.type ?? ''));
  }
  if (bad.length === 0) return undefined;
  return {
    reason: 'seccompProfile',
    detail: `${bad.join(' and ')} must not set securityContext.seccompProfile.type to ${quoted(unique(types))}`,
  };
}
