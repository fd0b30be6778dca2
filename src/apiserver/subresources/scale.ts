/** `/scale`: how many, of whatever has replicas. https://kubernetes.io/docs/reference/kubernetes-api/autoscaling-resources/scale-v1/ */
import { scaleColumns } from '../../api/autoscaling/scale/columns.ts';
import { fieldInvalid, invalid, methodNotAllowed } from '../../api/errors.ts';
import type { JsonObject } from '../../api/jsonValue.ts';
import type { Kind } from '../../api/kind.ts';
import { messageStructure, structureOf } from '../../api/schema/structure.ts';
import { formatLabelSelector } from '../../api/selectors.ts';
import type { KubeObject, LabelSelector } from '../../api/types.ts';
import type { Entry } from '../../store/contract.ts';
import { shapeOf, tableOfOne } from '../answer/views.ts';
import type { Verb } from '../authorize.ts';
import type { Call } from '../call.ts';
import type { ObjectAnswer } from '../contract.ts';
import { fieldsOf } from '../managedFields/applied.ts';
import { applied } from '../managedFields/apply.ts';
import { checkWriter } from '../managedFields/writer.ts';
import { checkIdentity, type Written } from '../object/meta.ts';
import { type Change, current, rewrite } from '../object/write.ts';
import { conform, type Readable, readBody } from '../request/input.ts';
import { declaredFields, isApply, readConfiguration } from '../verbs/apply.ts';
import { patchedObject } from '../verbs/patch.ts';

const scaleKind = {
  resource: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  message: 'autoscaling/v1.Scale',
} satisfies Readable;

interface Scale extends KubeObject {
  spec?: { replicas?: number };
  status?: { replicas: number; selector?: string };
}

export async function scale(call: Call, verb: Verb): Promise<ObjectAnswer> {
  const paths = pathsOf(call);
  const answer = ({ object }: Entry): ObjectAnswer => {
    const scaled = scaleOf(object, paths);
    return {
      code: 200,
      object: shapeOf(call) === 'Table' ? tableOfOne(call, scaled, scaleColumns) : scaled,
    };
  };
  switch (verb) {
    case 'get':
      return answer(await current(call));
    case 'update': {
      checkWriter(call.request.query, 'UpdateOptions');
      const { object } = readBody(call.request, scaleKind);
      checkIdentity(object, call.name, call.namespace);
      return answer(await rewrite(call, (old) => scaledTo(object, old, paths)));
    }
    case 'patch':
      if (isApply(call.request)) return answer(await applyScale(call));
      checkWriter(call.request.query, 'PatchOptions');
      return answer(
        await rewrite(call, (old) => {
          const { object } = patchedObject(call.request, scaleKind, scaleOf(old, paths));
          checkIdentity(object, call.name, call.namespace);
          return scaledTo(object, old, paths);
        }),
      );
    default:
      throw methodNotAllowed(call.kind.resource, verb);
  }
}

/** Server-side apply of a Scale: its replicas are those of the object itself, and so are their owners. */
function applyScale(call: Call): Promise<Entry> {
  const { body } = readConfiguration(call, scaleKind);
  declaredFields(call, body, messageStructure(scaleKind.message));
  const { object } = conform(body, scaleKind, [], new URLSearchParams());
  checkIdentity(object, call.name, call.namespace);
  const { replicas } = (object as Scale).spec ?? {};
  const paths = pathsOf(call);
  const config: JsonObject = replicas === undefined ? {} : withAt({}, paths.specReplicas, replicas);
  const { fields } = fieldsOf(config, structureOf(call.kind));
  return rewrite(call, (old) =>
    applied(call, { body: config, fields }, old, (merged) =>
      scaledTo({ ...object, spec: { replicas: numberAt(merged, paths.specReplicas) } }, old, paths),
    ),
  );
}

type Paths = Required<NonNullable<Kind['scale']>>;

const pathsOf = ({ kind }: Pick<Call, 'kind'>): Paths => ({
  specReplicas: 'spec.replicas',
  statusReplicas: 'status.replicas',
  selector: '',
  ...kind.scale,
});

/** An object of a kind that has replicas, as `/scale` shows it. */
export const asScale = (kind: Kind, object: Written): KubeObject => scaleOf(object, pathsOf({ kind }));

/** The numbers of an object, as a Scale. */
function scaleOf(object: Written, paths: Paths): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const found = at(object, paths.selector);
  const selector = typeof found === 'string' ? found : formatted(asLabelSelector(found));
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
    spec: { replicas: numberAt(object, paths.specReplicas) },
    status: {
      replicas: numberAt(object, paths.statusReplicas),
      ...(selector && { selector }),
    },
  };
}

function scaledTo({ metadata, spec = {} }: Scale, old: Written, { specReplicas }: Paths): Change {
  const { replicas = 0 } = spec;
  if (replicas < 0)
    throw invalid(scaleKind.resource, metadata.name, [
      fieldInvalid('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ]);
  return {
    asked: { uid: metadata.uid, resourceVersion: metadata.resourceVersion },
    object: withAt(old, specReplicas, replicas),
  };
}

/** A ReplicationController's selector is a plain map. */
function asLabelSelector(selector: unknown): LabelSelector | undefined {
  const isPlain = Object.values(selector ?? {}).some((value) => typeof value === 'string');
  return isPlain
    ? { matchLabels: selector as Record<string, string> }
    : (selector as LabelSelector | undefined);
}

const at = (object: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], object);

function numberAt(object: unknown, path: string): number {
  const value = at(object, path);
  return typeof value === 'number' ? value : 0;
}

const formatted = (selector: LabelSelector | undefined) => selector && formatLabelSelector(selector);

/** The same object with another value at the end of the path. */
function withAt<T extends object>(object: T, path: string, value: unknown): T {
  const [name = '', ...rest] = path.split('.');
  if (rest.length === 0) return { ...object, [name]: value };
  const inner = (object as Record<string, object | undefined>)[name] ?? {};
  return { ...object, [name]: withAt(inner, rest.join('.'), value) };
}
