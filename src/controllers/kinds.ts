/** Every kind there is, for the controllers that care for objects of any kind. */
import * as resources from '../api/resource.ts';
import { apiVersionOf, type Resource } from '../api/resource.ts';

const isResource = (value: unknown): value is Resource =>
  typeof value === 'object' && value !== null && 'plural' in value;

const allKinds: readonly Resource[] = Object.values(resources).filter(isResource);

/**
 * Written often, read by nobody here, and forgotten by the store: no informer watches them. The events of
 * events.k8s.io are the same ones.
 */
const unwatched: ReadonlySet<Resource> = new Set<Resource>([resources.events, resources.eventsV1Events]);

export const watchedKinds: readonly Resource[] = allKinds.filter((kind) => !unwatched.has(kind));
export const namespacedKinds: readonly Resource[] = allKinds.filter(
  (kind) => kind.namespaced && kind !== resources.eventsV1Events,
);

export const kindOf = (reference: { apiVersion: string; kind: string }): Resource | undefined =>
  allKinds.find((r) => r.kind === reference.kind && apiVersionOf(r) === reference.apiVersion);
