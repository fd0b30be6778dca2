/** `/scale`: how many, of whatever has replicas. https://kubernetes.io/docs/reference/kubernetes-api/autoscaling-resources/scale-v1/ */
import { scaleColumns } from '../../api/autoscaling/scale/columns.ts';
import { fieldInvalid, invalid, methodNotAllowed } from '../../api/errors.ts';
import { formatLabelSelector } from '../../api/selectors.ts';
import type { KubeObject, LabelSelector } from '../../api/types.ts';
import type { Entry } from '../../store/contract.ts';
import type { Verb } from '../authorize.ts';
import type { Call } from '../call.ts';
import type { ObjectAnswer } from '../contract.ts';
import { type Readable, readBody } from '../input.ts';
import { checkIdentity, type Written } from '../meta.ts';
import { patchedObject } from '../verbs/patch.ts';
import { shapeOf, tableOfOne } from '../views.ts';
import { type Change, current, rewrite } from '../write.ts';

const scaleKind = {
  resource: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  message: 'autoscaling/v1.Scale',
} satisfies Readable;

interface Scale extends KubeObject {
  spec?: { replicas?: number };
  status?: { replicas: number; selector?: string };
}

export async function scale(call: Call, verb: Verb): Promise<ObjectAnswer> {
  const selectorPath = call.kind.scale?.selector ?? '';
  const answer = ({ object }: Entry): ObjectAnswer => {
    const scaled = scaleOf(object, selectorPath);
    return {
      code: 200,
      object: shapeOf(call) === 'Table' ? tableOfOne(call, scaled, scaleColumns) : scaled,
    };
  };
  switch (verb) {
    case 'get':
      return answer(await current(call));
    case 'update': {
      const { object } = readBody(call.request, scaleKind);
      checkIdentity(object, call.name, call.namespace);
      return answer(await rewrite(call, (old) => scaledTo(object, old)));
    }
    case 'patch':
      return answer(
        await rewrite(call, (old) => {
          const { object } = patchedObject(call.request, scaleKind, scaleOf(old, selectorPath));
          checkIdentity(object, call.name, call.namespace);
          return scaledTo(object, old);
        }),
      );
    default:
      throw methodNotAllowed(call.kind.resource, verb);
  }
}

interface Replicated {
  replicas?: number;
}

/** The numbers of an object, as a Scale. */
function scaleOf(object: Written, selectorPath: string): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = at(object, selectorPath) as LabelSelector | undefined;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace && { namespace }),
      ...(uid && { uid }),
      ...(resourceVersion && { resourceVersion }),
      ...(creationTimestamp && { creationTimestamp }),
    },
    spec: { replicas: (object.spec as Replicated | undefined)?.replicas ?? 0 },
    status: {
      replicas: (object.status as Replicated | undefined)?.replicas ?? 0,
      ...(selector && { selector: formatLabelSelector(selector) }),
    },
  };
}

function scaledTo({ metadata, spec = {} }: Scale, old: Written): Change {
  const { replicas = 0 } = spec;
  if (replicas < 0)
    throw invalid(scaleKind.resource, metadata.name, [
      fieldInvalid('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ]);
  return {
    asked: { uid: metadata.uid, resourceVersion: metadata.resourceVersion },
    object: { ...old, spec: { ...(old.spec as object | undefined), replicas } },
  };
}

const at = (object: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], object);
