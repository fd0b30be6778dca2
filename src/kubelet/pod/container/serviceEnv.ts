/**
 * The Services that are known when a container is made, as environment variables.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
import type { Service } from '../../../api/types.ts';
import { bracketed } from '../../../lib/ip.ts';

export function serviceEnvironment(services: Iterable<Service>): Record<string, string> {
  const env: Record<string, string> = {};
  for (const service of services) Object.assign(env, variablesOf(service));
  return env;
}

/** Those that a pod hears of: its own namespace's, and always the API's own. */
export function servicesFor(
  namespace: string,
  enableServiceLinks: boolean,
  inNamespace: (namespace: string) => Iterable<Service>,
): Service[] {
  const api = [...inNamespace('default')].filter((s) => s.metadata.name === 'kubernetes');
  return enableServiceLinks ? [...api, ...inNamespace(namespace)] : api;
}

const variableName = (name: string) => name.toUpperCase().replaceAll('-', '_');

function variablesOf({ metadata, spec }: Service): Record<string, string> {
  const address = spec?.clusterIP;
  const ports = spec?.ports ?? [];
  const first = ports[0];
  if (!address || address === 'None' || !first) return {};
  const name = variableName(metadata.name);
  const url = (protocol: string, port: number) => `${protocol.toLowerCase()}://${bracketed(address)}:${port}`;
  const env: Record<string, string> = {
    [`${name}_SERVICE_HOST`]: address,
    [`${name}_SERVICE_PORT`]: `${first.port}`,
    [`${name}_PORT`]: url(first.protocol ?? 'TCP', first.port),
  };
  for (const { name: portName, port, protocol = 'TCP' } of ports) {
    if (portName) env[`${name}_SERVICE_PORT_${variableName(portName)}`] = `${port}`;
    const link = `${name}_PORT_${port}_${protocol}`;
    env[link] = url(protocol, port);
    env[`${link}_PROTO`] = protocol.toLowerCase();
    env[`${link}_PORT`] = `${port}`;
    env[`${link}_ADDR`] = address;
  }
  return env;
}
