/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline */
import type { Container } from '../../../api/types.ts';
import type { Check, Minor } from './contract.ts';
import { appArmor, seccomp, seLinuxOptions } from './profiles.ts';
import { containers as naming, plural, quoted, unique } from './words.ts';

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline, capabilities */
const baselineCapabilities: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

const capabilities: Check = {
  id: 'capabilities_baseline',
  level: 'baseline',
  replacedBy: 'capabilities_restricted',
  check({ containers }) {
    const added = (c: Container) =>
      (c.securityContext?.capabilities?.add ?? []).filter((name) => !baselineCapabilities.has(name));
    const bad = containers.filter((c) => added(c).length > 0);
    if (bad.length === 0) return undefined;
    return {
      reason: 'non-default capabilities',
      detail: `${naming(bad.map((c) => c.name))} must not include ${quoted(unique(bad.flatMap(added)))} in securityContext.capabilities.add`,
    };
  },
};

const hostNamespaces: Check = {
  id: 'hostNamespaces',
  level: 'baseline',
  check({ spec }) {
    const set = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field]);
    return set.length > 0
      ? { reason: 'host namespaces', detail: set.map((field) => `${field}=true`).join(', ') }
      : undefined;
  },
};

const hostPathVolumes: Check = {
  id: 'hostPathVolumes',
  level: 'baseline',
  replacedBy: 'restrictedVolumes',
  check({ spec }) {
    const names = (spec.volumes ?? []).filter((v) => v.hostPath).map((v) => v.name);
    return names.length > 0
      ? {
          reason: 'hostPath volumes',
          detail: `${plural('volume', 'volumes', names.length)} ${quoted(names)}`,
        }
      : undefined;
  },
};

const hostPorts: Check = {
  id: 'hostPorts',
  level: 'baseline',
  check({ containers }) {
    const ports = (c: Container) => (c.ports ?? []).map((p) => p.hostPort ?? 0).filter((port) => port !== 0);
    const bad = containers.filter((c) => ports(c).length > 0);
    if (bad.length === 0) return undefined;
    const used = [...new Set(bad.flatMap(ports))].toSorted((a, b) => a - b).map(String);
    return {
      reason: 'hostPort',
      detail: `${naming(bad.map((c) => c.name))} ${plural('uses', 'use', bad.length)} ${plural('hostPort', 'hostPorts', used.length)} ${used.join(', ')}`,
    };
  },
};

/** A probe or a hook that sends its request to another host than the pod. */
const hostProbes: Check = {
  id: 'hostProbesAndHostLifecycle',
  level: 'baseline',
  since: 34,
  check({ containers }) {
    const hosts = (c: Container): string[] =>
      [
        ...[c.livenessProbe, c.readinessProbe, c.startupProbe].flatMap((p) => [p?.httpGet, p?.tcpSocket]),
        ...[c.lifecycle?.postStart, c.lifecycle?.preStop].flatMap((h) => [h?.httpGet, h?.tcpSocket]),
      ].flatMap((handler) => (handler?.host ? [handler.host] : []));
    const bad = containers.filter((c) => hosts(c).length > 0);
    if (bad.length === 0) return undefined;
    const used = unique(bad.flatMap(hosts));
    return {
      reason: 'probe or lifecycle host',
      detail: `${naming(bad.map((c) => c.name))} ${plural('uses', 'use', bad.length)} probe or lifecycle ${plural('host', 'hosts', used.length)} ${quoted(used)}`,
    };
  },
};

const privileged: Check = {
  id: 'privileged',
  level: 'baseline',
  check({ containers }) {
    const bad = containers.filter((c) => c.securityContext?.privileged).map((c) => c.name);
    return bad.length > 0
      ? { reason: 'privileged', detail: `${naming(bad)} must not set securityContext.privileged=true` }
      : undefined;
  },
};

const procMount: Check = {
  id: 'procMount',
  level: 'baseline',
  check({ containers, spec }, minor) {
    // A pod with a user namespace of its own sees only what is its own.
    if (minor >= 35 && spec.hostUsers === false) return undefined;
    const mount = (c: Container) => c.securityContext?.procMount ?? 'Default';
    const bad = containers.filter((c) => mount(c) !== 'Default');
    if (bad.length === 0) return undefined;
    return {
      reason: 'procMount',
      detail: `${naming(bad.map((c) => c.name))} must not set securityContext.procMount to ${quoted(unique(bad.map(mount)))}`,
    };
  },
};

/** Of the kernel of the node, and set for the pod alone. */
const safeSysctls: readonly [since: Minor, names: readonly string[]][] = [
  [
    0,
    [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  ],
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [
    29,
    [
      'net.ipv4.tcp_keepalive_time',
      'net.ipv4.tcp_fin_timeout',
      'net.ipv4.tcp_keepalive_intvl',
      'net.ipv4.tcp_keepalive_probes',
    ],
  ],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
];

const sysctls: Check = {
  id: 'sysctls',
  level: 'baseline',
  check({ spec }, minor) {
    const safe = new Set(safeSysctls.flatMap(([since, names]) => (minor >= since ? names : [])));
    const names = (spec.securityContext?.sysctls ?? []).map((s) => s.name).filter((name) => !safe.has(name));
    return names.length > 0 ? { reason: 'forbidden sysctls', detail: names.join(', ') } : undefined;
  },
};

const windowsHostProcess: Check = {
  id: 'windowsHostProcess',
  level: 'baseline',
  check({ spec, containers }) {
    const bad: string[] = [];
    if (spec.securityContext?.windowsOptions?.hostProcess) bad.push('pod');
    const names = containers.filter((c) => c.securityContext?.windowsOptions?.hostProcess).map((c) => c.name);
    if (names.length > 0) bad.push(naming(names));
    return bad.length > 0
      ? {
          reason: 'hostProcess',
          detail: `${bad.join(' and ')} must not set securityContext.windowsOptions.hostProcess=true`,
        }
      : undefined;
  },
};

export const baselineChecks: readonly Check[] = [
  appArmor,
  capabilities,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbes,
  privileged,
  procMount,
  seLinuxOptions,
  seccomp,
  sysctls,
  windowsHostProcess,
];
