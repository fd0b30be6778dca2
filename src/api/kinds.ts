/**
 * All kinds that the API serves. A new kind is a new folder and a line here; discovery, verbs, watches,
 * tables and OpenAPI follow.
 */
import { controllerRevision } from './apps/controllerrevision/kind.ts';
import { deployment } from './apps/deployment/kind.ts';
import { replicaSet } from './apps/replicaset/kind.ts';
import { statefulSet } from './apps/statefulset/kind.ts';
import './authentication/selfsubjectreview/fields.ts';
import './authentication/tokenrequest/fields.ts';
import './authentication/tokenreview/fields.ts';
import './authorization/accessreview/fields.ts';
import './authorization/rulesreview/fields.ts';
import './autoscaling/scale/fields.ts';
import { lease } from './coordination/lease/kind.ts';
import './core/binding/fields.ts';
import { configMap } from './core/configmap/kind.ts';
import { endpoints } from './core/endpoints/kind.ts';
import { event } from './core/event/kind.ts';
import { namespace } from './core/namespace/kind.ts';
import { node } from './core/node/kind.ts';
import { pod } from './core/pod/kind.ts';
import { secret } from './core/secret/kind.ts';
import { service } from './core/service/kind.ts';
import { serviceAccount } from './core/serviceaccount/kind.ts';
import { endpointSlice } from './discovery/endpointslice/kind.ts';
import type { Kind } from './kind.ts';
import './meta/discovery.ts';
import './meta/requests.ts';
import { apiVersionOf } from './resource.ts';

export const kinds: readonly Kind[] = [
  namespace,
  node,
  pod,
  service,
  endpoints,
  configMap,
  secret,
  serviceAccount,
  event,
  endpointSlice,
  lease,
  deployment,
  replicaSet,
  statefulSet,
  controllerRevision,
];

const byPlural = new Map(
  kinds.map((k) => [`${k.resource.group}/${k.resource.version}/${k.resource.plural}`, k]),
);
const byKind = new Map(kinds.map((k) => [`${apiVersionOf(k.resource)}/${k.resource.kind}`, k]));

/** The kind that a path names: `kindOf('apps', 'v1', 'deployments')`. */
export const kindOf = (group: string, version: string, plural: string): Kind | undefined =>
  byPlural.get(`${group}/${version}/${plural}`);

/** The kind that an object says it is: `kindFor('apps/v1', 'Deployment')`. */
export const kindFor = (apiVersion: string, kind: string): Kind | undefined =>
  byKind.get(`${apiVersion}/${kind}`);
