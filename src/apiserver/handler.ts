/** The API server without its sockets: path → authorization → verb → answer. */

import { pod } from '../api/core/pod/kind.ts';
import { methodNotAllowed } from '../api/errors.ts';
import type { Kind } from '../api/kind.ts';
import { builtinKinds } from '../api/kinds.ts';
import { logger } from '../lib/log.ts';
import { noNotes } from './admission/contract.ts';
import { notAllowed, statusOf, unknownPath } from './answer/answers.ts';
import { attributesOf, authorize, type Verb, verbOf } from './authorize.ts';
import type { Call, HandlerDeps, Parts } from './call.ts';
import type { Answer, ApiRequest, Handler } from './contract.ts';
import { discoveryAnswer } from './discovery/index.ts';
import { randomIds } from './object/ids.ts';
import { storeOf } from './object/storage.ts';
import { labelsOf, measured } from './observe/measure.ts';
import { systemAnswer } from './observe/system.ts';
import { openapiAnswer } from './openapi/index.ts';
import { isPassedOn } from './proxy/target.ts';
import { checkTimeout } from './request/listOptions.ts';
import { parsePath, type ResourcePath } from './request/path.ts';
import { bind } from './subresources/binding.ts';
import { subresource } from './subresources/index.ts';
import { isUsage, usage } from './usage/index.ts';
import { create } from './verbs/create.ts';
import { remove } from './verbs/delete.ts';
import { deletecollection } from './verbs/deletecollection.ts';
import { get } from './verbs/get.ts';
import { list } from './verbs/list.ts';
import { patch } from './verbs/patch.ts';
import { update } from './verbs/update.ts';
import { watch } from './verbs/watch.ts';
import { decodeAhead } from './wire/index.ts';

const log = logger('apiserver');

const verbs: Readonly<Record<Verb, (call: Call) => Promise<Answer>>> = {
  get,
  list,
  watch,
  create,
  update,
  patch,
  delete: remove,
  deletecollection,
};

export function createHandler(deps: HandlerDeps): Handler {
  const parts: Parts = { admission: [], ids: randomIds, kinds: builtinKinds, ...deps };
  return async (request) => {
    return measured(
      parts.metrics,
      () => labelsOf(parts.kinds, request),
      () => answered(parts, request),
    );
  };
}

async function answered(parts: Parts, request: ApiRequest): Promise<Answer> {
  try {
    return await route(parts, request);
  } catch (err) {
    const status = statusOf(err, log);
    return { code: status.code, object: status };
  }
}

async function route(parts: Parts, request: ApiRequest): Promise<Answer> {
  if (request.method === 'OPTIONS' && !isPassedOn(request.path)) throw notAllowed();
  const target = parsePath(request.path);
  await parts.authorizer.caughtUp?.();
  authorize(parts.authorizer, attributesOf(request, target));
  await decodeAhead({ contentType: request.headers['content-type'], body: request.body });
  for (const extra of parts.extra ?? []) {
    const answer = await extra(request);
    if (answer) return answer;
  }
  if (target) return resourceAnswer(parts, request, target);
  checkTimeout(request.query);
  const answer =
    (await systemAnswer(parts, request)) ??
    discoveryAnswer(request, parts.kinds.list()) ??
    (await openapiAnswer(request, parts.kinds.list()));
  if (!answer) throw unknownPath();
  return answer;
}

async function resourceAnswer(parts: Parts, request: ApiRequest, target: ResourcePath): Promise<Answer> {
  if (isBindings(target)) return bind(callOf(parts, request, pod, target));
  const kind = parts.kinds.of(target.group, target.version, target.plural);
  if (!kind) throw unknownPath();
  const call = callOf(parts, request, kind, target);
  const answer = await annotated(call, verbAnswer(call, verbOf(request, target), target));
  if (!kind.deprecation || !('object' in answer)) return answer;
  return { ...answer, warnings: [kind.deprecation, ...(answer.warnings ?? [])] };
}

/** With what admission had to say, also when it refused. */
async function annotated({ notes }: Call, asked: Promise<Answer>): Promise<Answer> {
  const answer = await asked.catch((err: unknown): Answer => {
    if (notes.warnings.size + notes.auditAnnotations.size === 0) throw err;
    const status = statusOf(err, log);
    return { code: status.code, object: status };
  });
  if (!('object' in answer)) return answer;
  const warnings = [...(answer.warnings ?? []), ...notes.warnings];
  return {
    ...answer,
    ...(warnings.length > 0 && { warnings }),
    ...(notes.auditAnnotations.size > 0 && { auditAnnotations: Object.fromEntries(notes.auditAnnotations) }),
  };
}

function verbAnswer(call: Call, verb: Verb, target: ResourcePath): Promise<Answer> {
  const { kind } = call;
  if (target.subresource !== undefined) return subresource(call, verb);
  if (kind.verbs && !kind.verbs.includes(verb)) throw methodNotAllowed(kind.resource, verb);
  if (verb !== 'watch') checkTimeout(call.request.query);
  if (isUsage(kind)) return usage(call);
  return verbs[verb](call);
}

/** `POST …/bindings` names the pod in the body only; older schedulers use it. */
const isBindings = ({ group, version, plural, name }: ResourcePath) =>
  group === '' && version === 'v1' && plural === 'bindings' && name === undefined;

function callOf(parts: Parts, request: ApiRequest, kind: Kind, target: ResourcePath): Call {
  const { namespaced } = kind.resource;
  const { namespace, name = '', subresource: part } = target;
  const inNamespace = namespace !== undefined && target.plural !== 'namespaces';
  if (inNamespace && !namespaced) throw unknownPath();
  if (namespaced && namespace === undefined && (name !== '' || request.method === 'POST'))
    throw unknownPath();
  if (name === '' && (request.method === 'PUT' || request.method === 'PATCH')) throw notAllowed();
  if (name !== '' && request.method === 'POST' && part === undefined) throw notAllowed();
  return {
    parts,
    request,
    kind,
    store: storeOf(parts.store, kind, parts),
    name,
    notes: noNotes(),
    ...(namespaced && namespace !== undefined && { namespace }),
    ...(part !== undefined && { subresource: part }),
  };
}
