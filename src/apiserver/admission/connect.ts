/**
 * Streams, and requests that are passed on to pods, Services and nodes, are an operation too: CONNECT, whose object
 * is what the query asks for.
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#webhook-request-and-response
 */
import type { KindRegistry } from '../../api/registry.ts';
import type { KubeObject } from '../../api/types.ts';
import { isTrue } from '../authorize.ts';
import type { ApiRequest } from '../contract.ts';
import { parsePath, type ResourcePath } from '../request/path.ts';
import { type AdmissionPlugin, noNotes, type Operation } from './contract.ts';

interface Options {
  kind: string;
  said(query: URLSearchParams, target: ResourcePath): object;
}

const flags = ['stdin', 'stdout', 'stderr', 'tty'];

const container = (query: URLSearchParams) => ({
  ...Object.fromEntries(flags.filter((flag) => isTrue(query.get(flag))).map((flag) => [flag, true])),
  ...(query.get('container') && { container: query.get('container') }),
});

const path = (_: URLSearchParams, { rest }: ResourcePath) => ({ ...(rest && { path: rest }) });

const options: Readonly<Record<string, Options>> = {
  'pods/exec': {
    kind: 'PodExecOptions',
    said: (query) => ({ ...container(query), command: query.getAll('command') }),
  },
  'pods/attach': { kind: 'PodAttachOptions', said: container },
  'pods/portforward': {
    kind: 'PodPortForwardOptions',
    said: (query) => ({ ports: query.getAll('ports').flatMap((ports) => ports.split(',').map(Number)) }),
  },
  'pods/proxy': { kind: 'PodProxyOptions', said: path },
  'services/proxy': { kind: 'ServiceProxyOptions', said: path },
  'nodes/proxy': { kind: 'NodeProxyOptions', said: path },
};

/** Rejects with a `StatusError` when a webhook or policy refuses the connection. */
export async function approveConnect(
  plugins: readonly AdmissionPlugin[],
  kinds: Pick<KindRegistry, 'of'>,
  request: ApiRequest,
): Promise<void> {
  const operation = operationOf(kinds, request);
  if (!operation) return;
  const asked = plugins.filter((plugin) => plugin.connects && plugin.handles(operation));
  for (const plugin of asked) await plugin.admit(operation);
  for (const plugin of asked) await plugin.validate?.(operation);
}

function operationOf(
  kinds: Pick<KindRegistry, 'of'>,
  { path, query, user }: ApiRequest,
): Operation | undefined {
  const target = parsePath(path);
  if (!target || target.group !== '') return undefined;
  const { version, plural, subresource = '', name = '', namespace } = target;
  const [found, kind] = [options[`${plural}/${subresource}`], kinds.of('', version, plural)];
  if (!found || !kind) return undefined;
  const said = { kind: found.kind, apiVersion: 'v1', ...found.said(query, target) };
  return {
    verb: 'connect',
    kind,
    subresource,
    ...(kind.resource.namespaced && namespace !== undefined && { namespace }),
    user,
    dryRun: false,
    // Only the name of what is connected to: plugins tell by it who is meant.
    object: { ...said, metadata: { name } } as KubeObject,
    notes: noNotes(),
  };
}
