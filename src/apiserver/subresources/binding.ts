/** `pods/binding`: the scheduler says where a pod runs, once. */
import { badRequest, conflict, fieldInvalid, invalid } from '../../api/errors.ts';
import type { Pod, PodCondition } from '../../api/types.ts';
import { rfc3339 } from '../../lib/clock.ts';
import { success } from '../answer/answers.ts';
import type { Call } from '../call.ts';
import type { ObjectAnswer } from '../contract.ts';
import { without } from '../object/without.ts';
import { rewrite } from '../object/write.ts';
import { type Readable, readBody } from '../request/input.ts';

const bindingKind = {
  resource: { group: '', version: 'v1', kind: 'Binding' },
  message: 'core/v1.Binding',
} satisfies Readable;

interface Target {
  kind?: string;
  name?: string;
}

export async function bind(call: Call): Promise<ObjectAnswer> {
  const { object } = readBody(call.request, bindingKind);
  const { metadata, target = {} } = object as typeof object & { target?: Target };
  if (metadata.name !== '' && call.name !== '' && metadata.name !== call.name)
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${call.name})`,
    );
  const name = call.name || metadata.name;
  if (target.kind && target.kind !== 'Node')
    throw invalid(bindingKind.resource, name, [
      fieldInvalid('target.kind', target.kind, 'must be empty or "Node"'),
    ]);
  const nodeName = target.name ?? '';
  if (nodeName === '')
    throw invalid(bindingKind.resource, name, [fieldInvalid('target.name', '', 'a node must be named')]);
  const now = rfc3339(call.parts.clock.now());
  await rewrite({ ...call, name, subresource: 'binding' }, (old) => {
    const pod = old as Pod;
    checkUnbound(call, pod);
    return {
      asked: { uid: metadata.uid, resourceVersion: metadata.resourceVersion },
      object: bound(pod, nodeName, metadata.annotations, now),
    };
  });
  return success(201);
}

function checkUnbound({ kind }: Call, { metadata, spec }: Pod): void {
  const { name } = metadata;
  const refuse = (why: string) => conflict({ ...kind.resource, plural: 'pods/binding' }, name, why);
  if (metadata.deletionTimestamp) throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (spec?.nodeName) throw refuse(`pod ${name} is already assigned to node "${spec.nodeName}"`);
  if (spec?.schedulingGates?.length) throw refuse(`pod ${name} has non-empty .spec.schedulingGates`);
}

function bound(pod: Pod, nodeName: string, annotations: Record<string, string> = {}, now: string): Pod {
  const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: now } as PodCondition;
  const others = (pod.status?.conditions ?? []).filter((condition) => condition.type !== 'PodScheduled');
  // Where it would have been put is of no interest when it is put somewhere.
  const status = without({ ...pod.status }, 'nominatedNodeName');
  const merged = { ...pod.metadata.annotations, ...annotations };
  return {
    ...pod,
    metadata: { ...pod.metadata, ...(Object.keys(merged).length > 0 && { annotations: merged }) },
    spec: { ...(pod.spec as NonNullable<Pod['spec']>), nodeName },
    status: { ...status, conditions: [...others, scheduled] },
  };
}
