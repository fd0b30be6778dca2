/**
 * The history of a StatefulSet's or DaemonSet's template: one ControllerRevision for each, numbered as
 * they were used. `kubectl rollout undo` applies the data of one to its owner, as a patch.
 */
import { isDeepStrictEqual } from 'node:util';
import { isAlreadyExists } from '../api/errors.ts';
import { controllerRevisions, type Resource } from '../api/resource.ts';
import type { ControllerRevision, KubeObject, LabelSelector, PodTemplateSpec } from '../api/types.ts';
import type { Client, Draft, Informer } from '../client/contract.ts';
import type { Clock } from '../lib/clock.ts';
import { canonical, hashOf } from './hash.ts';
import { isControlledBy, ownerReference } from './owners.ts';
import { type OwnWrites, ownWrites } from './ownWrites.ts';

/** What has a history of templates. */
export interface Revised extends KubeObject {
  spec?: { template?: PodTemplateSpec; selector: LabelSelector; revisionHistoryLimit?: number };
  status?: { collisionCount?: number };
}

/**
 * What stands in a revision: a strategic merge patch that puts the template back. Its members are in order, as
 * Kubernetes writes them: who looks for the revision of a template compares texts.
 */
const dataOf = (owner: Revised) =>
  JSON.parse(canonical({ spec: { template: { ...owner.spec?.template, $patch: 'replace' } } })) as object;

export function templateOf(revision: ControllerRevision): PodTemplateSpec {
  const data = revision.data as { spec?: { template?: PodTemplateSpec & { $patch?: string } } } | undefined;
  const { $patch: _, ...template } = data?.spec?.template ?? {};
  return template;
}

export const byNumber = (a: ControllerRevision, b: ControllerRevision): number => a.revision - b.revision;

/** `hashLabel`: the label of the revision that tells its hash. */
export function draftOf(
  resource: Resource,
  owner: Revised,
  known: readonly ControllerRevision[],
  hashLabel: string,
): Draft<ControllerRevision> & { metadata: { name: string } } {
  const hash = hashOf(owner.spec?.template, owner.status?.collisionCount ?? 0);
  const { name, namespace = '', annotations } = owner.metadata;
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: { ...owner.spec?.selector.matchLabels, [hashLabel]: hash },
      ...(annotations && { annotations }),
      ownerReferences: [ownerReference(resource, owner)],
    },
    data: dataOf(owner),
    revision: nextNumber(known),
  };
}

export const nextNumber = (known: readonly ControllerRevision[]): number =>
  Math.max(0, ...known.map((r) => r.revision)) + 1;

/** The revision whose template the owner has now, if it was used before. */
export const sameTemplate = (
  owner: Revised,
  known: readonly ControllerRevision[],
): ControllerRevision | undefined => known.findLast((r) => isDeepStrictEqual(r.data, dataOf(owner)));

/** Old revisions that neither a pod nor a rollback needs. */
export function beyondHistory(
  owner: Revised,
  known: readonly ControllerRevision[],
  isInUse: (revision: ControllerRevision) => boolean,
): ControllerRevision[] {
  const history = known.toSorted(byNumber).filter((r) => !isInUse(r));
  return history.slice(0, Math.max(0, history.length - (owner.spec?.revisionHistoryLimit ?? 10)));
}

export interface History {
  known: Informer<ControllerRevision>;
  written: OwnWrites<ControllerRevision>;
}

export const historyFrom = (known: Informer<ControllerRevision>, clock: Clock): History => ({
  known,
  written: ownWrites(known, clock),
});

/** The ControllerRevision of the template as it is now, made or numbered anew when needed. */
export async function revise<T extends Revised>(
  client: Client,
  resource: Resource<T>,
  owner: T,
  { known, written }: History,
  hashLabel: string,
): Promise<{ update: ControllerRevision; all: ControllerRevision[] }> {
  const all = written
    .over(known.by('owner', owner.metadata.uid ?? ''), (r) => isControlledBy(r, owner))
    .toSorted(byNumber);
  const same = sameTemplate(owner, all);
  if (same && same === all.at(-1)) return { update: same, all };
  const update = same
    ? await client.update(controllerRevisions, { ...same, revision: nextNumber(all) })
    : await create(client, resource, owner, draftOf(resource, owner, all, hashLabel));
  written.wrote(update);
  return { update, all: [...all.filter((r) => r !== same), update] };
}

async function create<T extends Revised>(
  client: Client,
  resource: Resource<T>,
  owner: T,
  draft: ReturnType<typeof draftOf>,
): Promise<ControllerRevision> {
  try {
    return await client.create(controllerRevisions, draft);
  } catch (err) {
    if (!isAlreadyExists(err)) throw err;
    const other = await client.get(controllerRevisions, draft.metadata.name, owner.metadata.namespace);
    if (sameTemplate(owner, [other])) return other;
    const collisionCount = (owner.status?.collisionCount ?? 0) + 1;
    await client.patch(
      resource,
      { name: owner.metadata.name, namespace: owner.metadata.namespace ?? '' },
      { status: { collisionCount } },
      { subresource: 'status' },
    );
    throw err;
  }
}
