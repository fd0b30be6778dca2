/**
 * `pods/eviction`: a delete that asks the pod's disruption budget first.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
 */
import { badRequest, isConflict } from '../../api/errors.ts';
import { podDisruptionBudget } from '../../api/policy/poddisruptionbudget/kind.ts';
import { apiVersionOf } from '../../api/resource.ts';
import { labelSelector, matchesLabels } from '../../api/selectors.ts';
import type { KubeObject, Pod, PodCondition, PodDisruptionBudget } from '../../api/types.ts';
import { rfc3339 } from '../../lib/clock.ts';
import { type Entry, Mismatch } from '../../store/contract.ts';
import { success } from '../answer/answers.ts';
import type { Call } from '../call.ts';
import type { ObjectAnswer } from '../contract.ts';
import { placeOf, prefixOf } from '../object/keys.ts';
import { checkPreconditions, type Preconditions } from '../object/meta.ts';
import { current, put, rewrite } from '../object/write.ts';
import { checkDryRun, conform, isDryRun, type Readable } from '../request/input.ts';
import { propagationOf, removeOne, type WireOptions } from '../verbs/delete.ts';
import { decodeBody } from '../wire/index.ts';
import { evictable, grantOf, refusal } from './evictionRules.ts';

const evictionKind = {
  resource: { group: 'policy', version: 'v1', kind: 'Eviction' },
  message: 'policy/v1.Eviction',
} satisfies Readable;

/** So often others' writes may come in between. */
const maxAttempts = 20;

export async function evict(call: Call): Promise<ObjectAnswer> {
  const options = readOptions(call);
  for (let attempt = 1; ; attempt++) {
    try {
      await evictOnce(call, options);
      return success(201);
    } catch (err) {
      const isOurs = isConflict(err) && !options.preconditions.resourceVersion && !options.preconditions.uid;
      if (!isOurs || attempt === maxAttempts) throw err;
    }
  }
}

async function evictOnce(call: Call, options: Options): Promise<void> {
  const pod = (await current(call)).object as Pod;
  checkPreconditions(call.kind, options.preconditions, pod);
  const { ask } = evictable(pod, await budgetsOf(call, pod));
  if (ask) await spend(call, pod, ask, options.dryRun);
  const told = options.dryRun || pod.metadata.deletionTimestamp ? pod : await tellWhy(call, pod, !ask);
  const { uid, resourceVersion } = told.metadata;
  // Who goes without being asked for goes only as it was seen.
  await removeOne(call, { ...options, preconditions: ask ? { uid } : { uid, resourceVersion } });
}

interface Options {
  gracePeriodSeconds?: number;
  propagation?: NonNullable<ReturnType<typeof propagationOf>>;
  preconditions: Preconditions;
  dryRun: boolean;
}

/** Old kubectl says `policy/v1beta1`; what it sends is the same. */
function readOptions({ request, name }: Call): Options {
  const { object: sent } =
    request.object === undefined
      ? decodeBody({
          contentType: request.headers['content-type'],
          body: request.body,
          hint: { apiVersion: apiVersionOf(evictionKind.resource), kind: evictionKind.resource.kind },
        })
      : { object: request.object };
  const { object } = conform(asNewest(sent), evictionKind, [], request.query);
  const { metadata, deleteOptions = {} } = object as typeof object & { deleteOptions?: WireOptions };
  if (metadata.name !== '' && metadata.name !== name)
    throw badRequest('name in URL does not match name in Eviction object');
  const { gracePeriodSeconds, preconditions = {}, dryRun = [] } = deleteOptions;
  const propagation = propagationOf(deleteOptions);
  return {
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(propagation && { propagation }),
    preconditions,
    dryRun: checkDryRun(dryRun, 'DeleteOptions') || isDryRun(request.query),
  };
}

function asNewest(sent: unknown): unknown {
  const isOld =
    typeof sent === 'object' && sent !== null && 'apiVersion' in sent && sent.apiVersion === 'policy/v1beta1';
  return isOld ? { ...sent, apiVersion: 'policy/v1' } : sent;
}

async function budgetsOf(call: Call, { metadata }: Pod): Promise<Entry[]> {
  const { entries } = await call.store.list(prefixOf(placeOf(podDisruptionBudget), call.namespace));
  return entries.filter(({ object }) =>
    matchesLabels(labelSelector((object as PodDisruptionBudget).spec?.selector), metadata.labels),
  );
}

/** Takes one disruption from the budget; whoever comes second sees that it is gone. */
async function spend(call: Call, pod: Pod, budget: Entry, dryRun: boolean): Promise<void> {
  const ofBudget: Call = { ...call, kind: podDisruptionBudget, name: budget.object.metadata.name };
  let entry = budget;
  for (let attempt = 1; ; attempt++) {
    const now = rfc3339(call.parts.clock.now());
    const granted = grantOf(entry.object as PodDisruptionBudget, pod.metadata.name, now);
    if (dryRun) return;
    try {
      await put(ofBudget, granted, entry.revision);
      return;
    } catch (err) {
      if (!(err instanceof Mismatch)) throw err;
      if (!err.actual) return;
      if (attempt === maxAttempts) throw refusal(entry.object.metadata.name);
      entry = err.actual;
    }
  }
}

/** https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions */
async function tellWhy(call: Call, { metadata }: Pod, onlyAsSeen: boolean): Promise<KubeObject> {
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
    lastTransitionTime: rfc3339(call.parts.clock.now()),
  };
  const asked = { uid: metadata.uid, ...(onlyAsSeen && { resourceVersion: metadata.resourceVersion }) };
  const { object } = await rewrite({ ...call, subresource: 'status' }, (old) => {
    const { status } = old as Pod;
    const others = (status?.conditions ?? []).filter(({ type }) => type !== condition.type);
    return { asked, object: { ...old, status: { ...status, conditions: [...others, condition] } } };
  });
  return object;
}
