/** Defaults of pods that depend on something; the constant ones stand in the fields. */
import { milliOf } from '../../quantity.ts';
import type { Container, Pod, PodSpec, Probe, Volume } from '../../types.ts';

export function defaultPod(pod: Pod): void {
  if (!pod.spec) return;
  defaultPodSpec(pod.spec);
  for (const container of everyContainer(pod.spec)) {
    requestLimits(container);
    if (pod.spec.hostNetwork) for (const port of container.ports ?? []) port.hostPort ||= port.containerPort;
  }
  pod.status = { ...pod.status, qosClass: pod.status?.qosClass ?? qosClass(pod.spec) };
}

/** Also for the templates of workloads, which show these but not what only a pod gets. */
export function defaultPodSpec(spec: PodSpec): void {
  // The older name of the same field: whoever sets one of them gets both.
  const account = spec.serviceAccountName || spec.serviceAccount;
  if (account) Object.assign(spec, { serviceAccountName: account, serviceAccount: account });
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  for (const container of everyContainer(spec)) {
    container.imagePullPolicy ||= pullPolicy(container.image ?? '');
    for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe])
      if (probe) dropZeros(probe);
  }
}

const everyContainer = (spec: PodSpec): Container[] => [
  ...(spec.initContainers ?? []),
  ...(spec.containers ?? []),
  ...(spec.ephemeralContainers ?? []),
];

function defaultVolume(volume: Volume): void {
  if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {};
  if (volume.image) volume.image.pullPolicy ||= pullPolicy(volume.image.reference ?? '');
}

/** `:latest`, said or unsaid, may be another image tomorrow. */
function pullPolicy(image: string): string {
  const [name = '', digest] = image.split('@');
  const tag = /:([^:/]+)$/.exec(name)?.[1];
  return tag === 'latest' || (tag === undefined && digest === undefined) ? 'Always' : 'IfNotPresent';
}

/** Zero is how a client says nothing of these. */
function dropZeros(probe: Probe): void {
  for (const key of ['timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const)
    if (probe[key] === 0) delete probe[key];
}

/** Who sets a limit and no request requests as much. */
function requestLimits({ resources }: Container): void {
  if (!resources?.limits) return;
  resources.requests = { ...resources.limits, ...resources.requests };
}

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ */
function qosClass(spec: PodSpec): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  const amounts = containers.flatMap(({ resources }) =>
    (['cpu', 'memory'] as const).map((name) => ({
      limit: milliOf(resources?.limits?.[name] ?? '0'),
      request: milliOf(resources?.requests?.[name] ?? '0'),
    })),
  );
  if (amounts.every(({ limit, request }) => limit === 0n && request === 0n)) return 'BestEffort';
  return amounts.every(({ limit, request }) => limit > 0n && limit === request) ? 'Guaranteed' : 'Burstable';
}
