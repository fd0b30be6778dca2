/** Kinds that definitions make, for the controllers that care for objects of any kind. */
import { customResourceDefinitions, type Resource } from '../api/resource.ts';
import type { CustomResourceDefinition } from '../api/types.ts';
import type { Informer } from '../client/contract.ts';
import type { Clock } from '../lib/clock.ts';
import type { Context } from './loop.ts';

/** In the version in which its objects are looked at; none for a definition that is not served. */
export function resourceOf({ spec, status }: CustomResourceDefinition): Resource | undefined {
  const isServed = status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True');
  const served = spec.versions.filter((version) => version.served);
  const version = served.find((one) => one.storage) ?? served[0];
  if (!isServed || !version) return undefined;
  const { group, names, scope } = spec;
  const { kind, plural } = names;
  return { group, version: version.name, kind, plural, namespaced: scope === 'Namespaced' };
}

export function* resourcesOf(definitions: Informer<CustomResourceDefinition>): Generator<Resource> {
  for (const crd of definitions.list()) {
    const resource = resourceOf(crd);
    if (resource) yield resource;
  }
}

/** Whether an owner of this apiVersion and kind is one of the definition's objects. */
const names = (crd: CustomResourceDefinition, { apiVersion, kind }: { apiVersion: string; kind: string }) =>
  crd.spec.names.kind === kind &&
  crd.spec.versions.some(({ name, served }) => served && `${crd.spec.group}/${name}` === apiVersion);

interface Known {
  crd: CustomResourceDefinition;
  resource: Resource;
  gone: AbortController;
  stop: AbortController;
}

/** How a kind ends. */
export interface Ending {
  /** It is not served any more. */
  readonly gone: AbortSignal;
  /** Nobody asks for it any more, a while later. */
  readonly signal: AbortSignal;
}

export interface CustomKinds {
  /** The kind that a reference names, if it is one of these. */
  find(reference: { apiVersion: string; kind: string }): Resource | undefined;
}

/** So long the objects of a kind that went may still have dependents that nobody has looked at. */
const farewellMs = 5_000;

/** Calls `begin` for each kind that comes. */
export function customKinds(
  { look, clock, signal }: Pick<Context, 'look' | 'signal'> & { clock: Clock },
  begin: (resource: Resource, ending: Ending) => void,
): CustomKinds {
  const known = new Map<string, Known>();
  const end = async (name: string) => {
    const gone = known.get(name);
    gone?.gone.abort();
    await clock.sleep(farewellMs, signal);
    if (known.get(name) !== gone) return;
    known.delete(name);
    gone?.stop.abort();
  };
  look(customResourceDefinitions).onChange((now, before) => {
    const name = (now ?? before)?.metadata.name ?? '';
    const running = known.get(name);
    if (!now) {
      if (running) void end(name);
      return;
    }
    const resource = resourceOf(now);
    if (!resource) return;
    if (
      running &&
      running.crd.metadata.uid === now.metadata.uid &&
      running.resource.version === resource.version
    ) {
      running.crd = now;
      return;
    }
    running?.gone.abort();
    running?.stop.abort();
    const [gone, stop] = [new AbortController(), new AbortController()];
    known.set(name, { crd: now, resource, gone, stop });
    begin(resource, { gone: gone.signal, signal: AbortSignal.any([signal, stop.signal]) });
  });
  return {
    find: (reference) => [...known.values()].find(({ crd }) => names(crd, reference))?.resource,
  };
}
