/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
import type { Container, Volume } from '../../../api/types.ts';
import type { Check } from './contract.ts';
import { containers as naming, plural, quoted, unique } from './words.ts';

const isWindows = (spec: { os?: { name: string } }, minor: number): boolean =>
  minor >= 25 && spec.os?.name === 'windows';

const allowPrivilegeEscalation: Check = {
  id: 'allowPrivilegeEscalation',
  level: 'restricted',
  since: 8,
  check({ spec, containers }, minor) {
    if (isWindows(spec, minor)) return undefined;
    const bad = containers.filter((c) => c.securityContext?.allowPrivilegeEscalation !== false);
    return bad.length > 0
      ? {
          reason: 'allowPrivilegeEscalation != false',
          detail: `${naming(bad.map((c) => c.name))} must set securityContext.allowPrivilegeEscalation=false`,
        }
      : undefined;
  },
};

const capabilities: Check = {
  id: 'capabilities_restricted',
  level: 'restricted',
  since: 22,
  check({ spec, containers }, minor) {
    if (isWindows(spec, minor)) return undefined;
    const added = (c: Container) =>
      (c.securityContext?.capabilities?.add ?? []).filter((name) => name !== 'NET_BIND_SERVICE');
    const keeping = containers.filter((c) => !c.securityContext?.capabilities?.drop?.includes('ALL'));
    const adding = containers.filter((c) => added(c).length > 0);
    const said = [
      ...(keeping.length > 0
        ? [`${naming(keeping.map((c) => c.name))} must set securityContext.capabilities.drop=["ALL"]`]
        : []),
      ...(adding.length > 0
        ? [
            `${naming(adding.map((c) => c.name))} must not include ${quoted(unique(adding.flatMap(added)))} in securityContext.capabilities.add`,
          ]
        : []),
    ];
    return said.length > 0 ? { reason: 'unrestricted capabilities', detail: said.join('; ') } : undefined;
  },
};

const volumeTypes: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/** `hostPath` of `{name: …, hostPath: …}`. */
const typeOf = (volume: Volume): string[] =>
  Object.entries(volume)
    .filter(([field, value]) => field !== 'name' && value !== undefined)
    .map(([field]) => field)
    .filter((field) => !volumeTypes.has(field));

const restrictedVolumes: Check = {
  id: 'restrictedVolumes',
  level: 'restricted',
  check({ spec }) {
    const bad = (spec.volumes ?? []).filter((volume) => typeOf(volume).length > 0);
    if (bad.length === 0) return undefined;
    const types = unique(bad.flatMap(typeOf));
    return {
      reason: 'restricted volume types',
      detail: `${plural('volume', 'volumes', bad.length)} ${quoted(bad.map((v) => v.name))} ${plural('uses', 'use', bad.length)} restricted volume ${plural('type', 'types', types.length)} ${quoted(types)}`,
    };
  },
};

const runAsNonRoot: Check = {
  id: 'runAsNonRoot',
  level: 'restricted',
  check({ spec, containers }, minor) {
    if (hasOwnUsers(spec, minor)) return undefined;
    const ofPod = spec.securityContext?.runAsNonRoot;
    const explicit = containers.filter((c) => c.securityContext?.runAsNonRoot === false).map((c) => c.name);
    const silent = containers.filter((c) => c.securityContext?.runAsNonRoot === undefined).map((c) => c.name);
    const said: string[] = [];
    if (ofPod === false) said.push('pod');
    if (explicit.length > 0) said.push(naming(explicit));
    if (said.length > 0)
      return {
        reason: 'runAsNonRoot != true',
        detail: `${said.join(' and ')} must not set securityContext.runAsNonRoot=false`,
      };
    return silent.length > 0 && ofPod !== true
      ? {
          reason: 'runAsNonRoot != true',
          detail: `pod or ${naming(silent)} must set securityContext.runAsNonRoot=true`,
        }
      : undefined;
  },
};

/** Root of a user namespace is nobody outside. */
const hasOwnUsers = (spec: { hostUsers?: boolean }, minor: number): boolean =>
  minor >= 35 && spec.hostUsers === false;

const runAsUser: Check = {
  id: 'runAsUser',
  level: 'restricted',
  since: 23,
  check({ spec, containers }, minor) {
    if (hasOwnUsers(spec, minor)) return undefined;
    const said: string[] = [];
    if (spec.securityContext?.runAsUser === 0) said.push('pod');
    const bad = containers.filter((c) => c.securityContext?.runAsUser === 0).map((c) => c.name);
    if (bad.length > 0) said.push(naming(bad));
    return said.length > 0
      ? { reason: 'runAsUser=0', detail: `${said.join(' and ')} must not set runAsUser=0` }
      : undefined;
  },
};

const seccomp: Check = {
  id: 'seccompProfile_restricted',
  level: 'restricted',
  since: 19,
  check({ spec, containers }, minor) {
    if (isWindows(spec, minor)) return undefined;
    const isGood = (type: string) => type === 'RuntimeDefault' || type === 'Localhost';
    const ofPod = spec.securityContext?.seccompProfile?.type;
    const typeOfContainer = (c: Container) => c.securityContext?.seccompProfile?.type;
    const bad: string[] = [];
    const types: string[] = [];
    if (ofPod !== undefined && !isGood(ofPod)) {
      bad.push('pod');
      types.push(ofPod);
    }
    const explicit = containers.filter((c) => !isGood(typeOfContainer(c) ?? 'Localhost'));
    if (explicit.length > 0) {
      bad.push(naming(explicit.map((c) => c.name)));
      types.push(...explicit.map((c) => typeOfContainer(c) ?? ''));
    }
    if (bad.length > 0)
      return {
        reason: 'seccompProfile',
        detail: `${bad.join(' and ')} must not set securityContext.seccompProfile.type to ${quoted(unique(types))}`,
      };
    const silent = containers.filter((c) => typeOfContainer(c) === undefined).map((c) => c.name);
    return silent.length > 0 && ofPod === undefined
      ? {
          reason: 'seccompProfile',
          detail: `pod or ${naming(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
        }
      : undefined;
  },
};

export const restrictedChecks: readonly Check[] = [
  allowPrivilegeEscalation,
  capabilities,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seccomp,
];
