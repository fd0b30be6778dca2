/** The environment of a container, from everything that it is put together of. */
import type { ConfigMap, Container, Pod, Secret, Service } from '../../../api/types.ts';
import { expand } from './expand.ts';
import { type Addresses, fieldValue, resourceValue } from './fields.ts';
import { serviceEnvironment, servicesFor } from './serviceEnv.ts';

export interface EnvSources extends Addresses {
  pod: Pod;
  allocatable: Record<string, string>;
  services: (namespace: string) => Iterable<Service>;
  /** In the pod's namespace; undefined if there is none. */
  configMap: (name: string) => Promise<ConfigMap | undefined>;
  secret: (name: string) => Promise<Secret | undefined>;
}

/** What stands in the container's spec, and the Services; the image's own is below it. Rejects with Kubernetes' words. */
export async function environment(
  container: Container,
  sources: EnvSources,
): Promise<Record<string, string>> {
  const namespace = sources.pod.metadata.namespace ?? '';
  const links = sources.pod.spec?.enableServiceLinks ?? true;
  const services = serviceEnvironment(servicesFor(namespace, links, sources.services));
  const env: Record<string, string> = {};
  for (const from of container.envFrom ?? []) Object.assign(env, await wholeSource(from, sources));
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (valueFrom) {
      const found = await oneValue(valueFrom, container, sources);
      if (found !== undefined) env[name] = found;
    } else env[name] = expand(value ?? '', (known) => env[known] ?? services[known]);
  }
  return { ...services, ...env };
}

type From = NonNullable<Container['envFrom']>[number];
type ValueFrom = NonNullable<NonNullable<Container['env']>[number]['valueFrom']>;

async function wholeSource(from: From, sources: EnvSources): Promise<Record<string, string>> {
  const { configMapRef, secretRef, prefix = '' } = from;
  const ref = configMapRef ?? secretRef;
  const name = ref?.name ?? '';
  const data = configMapRef ? await configMapData(name, sources) : await secretData(name, sources);
  if (!data) {
    if (ref?.optional) return {};
    throw new Error(`${configMapRef ? 'configmap' : 'secret'} "${name}" not found`);
  }
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [prefix + key, value]));
}

async function oneValue(
  from: ValueFrom,
  container: Container,
  sources: EnvSources,
): Promise<string | undefined> {
  if (from.fieldRef) return fieldValue(sources.pod, from.fieldRef.fieldPath, sources);
  if (from.resourceFieldRef) {
    const { containerName, resource, divisor } = from.resourceFieldRef;
    const of = containerName ? containerNamed(sources.pod, containerName) : container;
    return resourceValue(of, resource, divisor, sources.allocatable);
  }
  if (from.configMapKeyRef) {
    const { name = '', key, optional } = from.configMapKeyRef;
    return pick('ConfigMap', name, key, optional, await configMapData(name, sources), sources.pod);
  }
  if (from.secretKeyRef) {
    const { name = '', key, optional } = from.secretKeyRef;
    return pick('Secret', name, key, optional, await secretData(name, sources), sources.pod);
  }
  throw new Error(`unsupported valueFrom: ${Object.keys(from).join(', ')}`);
}

function pick(
  kind: string,
  name: string,
  key: string,
  optional: boolean | undefined,
  data: Record<string, string> | undefined,
  pod: Pod,
): string | undefined {
  const value = data?.[key];
  if (value !== undefined || optional) return value;
  if (!data) throw new Error(`${kind.toLowerCase()} "${name}" not found`);
  throw new Error(`couldn't find key ${key} in ${kind} ${pod.metadata.namespace}/${name}`);
}

async function configMapData(name: string, sources: EnvSources) {
  const found = await sources.configMap(name);
  return found && (found.data ?? {});
}

async function secretData(name: string, sources: EnvSources) {
  const found = await sources.secret(name);
  return (
    found &&
    Object.fromEntries(
      Object.entries(found.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
    )
  );
}

export function containerNamed(pod: Pod, name: string): Container {
  const { initContainers = [], containers = [], ephemeralContainers = [] } = pod.spec ?? {};
  const found = [...initContainers, ...containers, ...ephemeralContainers].find((c) => c.name === name);
  if (!found) throw new Error(`container ${name} not found`);
  return found;
}
