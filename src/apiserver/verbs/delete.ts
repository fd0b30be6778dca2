import { fieldInvalid, invalid } from '../../api/errors.ts';
import { decode } from '../../api/schema/decode.ts';
import { type Entry, Mismatch } from '../../store/contract.ts';
import { approve, withAdmission } from '../admit.ts';
import { deleted } from '../answer/answers.ts';
import { answerOne } from '../answer/views.ts';
import type { Call } from '../call.ts';
import type { ApiRequest, ObjectAnswer } from '../contract.ts';
import { type DeletionRequest, type Propagation, planDeletion } from '../object/deletion.ts';
import { checkPreconditions, type Preconditions } from '../object/meta.ts';
import { current, operationOf, preview, put } from '../object/write.ts';
import { checkDryRun } from '../request/input.ts';
import { decodeBody } from '../wire/index.ts';

/** Kinds whose delete answers the object also when it is gone at once. */
const answersObject: ReadonlySet<string> = new Set(['pods', 'services', 'serviceaccounts', 'namespaces']);

/** DELETE of one object. */
export async function remove(call: Call): Promise<ObjectAnswer> {
  const { entry, gone } = await removeOne(call, readDeleteOptions(call.request));
  if (!gone || (call.kind.resource.group === '' && answersObject.has(call.kind.resource.plural)))
    return answerOne(call, 200, entry);
  return { code: 200, object: deleted(call.kind.resource, entry.object) };
}

export interface DeleteOptions extends DeletionRequest {
  preconditions: Preconditions;
  dryRun: boolean;
}

interface Removal {
  /** The last object, or the object that is kept for now. */
  entry: Entry;
  gone: boolean;
}

/** Deletes as often as others' writes come in between: their number is finite, and each made progress. */
export async function removeOne(call: Call, options: DeleteOptions): Promise<Removal> {
  for (;;) {
    const old = await current(call);
    checkPreconditions(call.kind, options.preconditions, old.object);
    const operation = { ...operationOf(call, 'delete', old.object), dryRun: options.dryRun };
    try {
      return await withAdmission(call.parts.admission, operation, async () => {
        await approve(call.parts.admission, operation);
        const value = await carryOut(call, old, options);
        return { value, done: value.gone };
      });
    } catch (err) {
      if (!(err instanceof Mismatch)) throw err;
    }
  }
}

async function carryOut(call: Call, old: Entry, options: DeleteOptions): Promise<Removal> {
  const { kind, parts } = call;
  const plan = planDeletion(kind, old.object, options, parts.clock.now());
  if (plan.action === 'wait') return { entry: old, gone: false };
  if (plan.action === 'mark') {
    if (options.dryRun) return { entry: preview(old.key, plan.object, old.revision), gone: false };
    return { entry: await put(call, plan.object, old.revision), gone: false };
  }
  if (options.dryRun) return { entry: old, gone: true };
  return { entry: await call.store.delete(old.key, old.revision), gone: true };
}

export interface WireOptions {
  gracePeriodSeconds?: number;
  preconditions?: Preconditions;
  orphanDependents?: boolean;
  propagationPolicy?: string;
  dryRun?: string[];
}

/** From the body, or from the query when there is none. */
export function readDeleteOptions(request: ApiRequest): DeleteOptions {
  const options = request.body.length > 0 || request.object !== undefined ? fromBody(request) : {};
  const { query } = request;
  const grace = options.gracePeriodSeconds ?? wholeNumber(query.get('gracePeriodSeconds'));
  const propagation = propagationOf({
    ...(query.has('propagationPolicy') && { propagationPolicy: query.get('propagationPolicy') ?? '' }),
    ...(query.has('orphanDependents') && { orphanDependents: query.get('orphanDependents') !== 'false' }),
    ...options,
  });
  return {
    ...(grace !== undefined && { gracePeriodSeconds: grace }),
    ...(propagation && { propagation }),
    preconditions: options.preconditions ?? {},
    dryRun: checkDryRun(
      [...(options.dryRun ?? []), ...query.getAll('dryRun').filter(Boolean)],
      'DeleteOptions',
    ),
  };
}

function fromBody(request: ApiRequest): WireOptions {
  const { object } =
    request.object === undefined
      ? decodeBody({
          contentType: request.headers['content-type'],
          body: request.body,
          hint: { apiVersion: 'v1', kind: 'DeleteOptions' },
        })
      : { object: request.object };
  const decoded = decode(object, 'meta/v1.DeleteOptions');
  if (decoded.errors[0] !== undefined) throw wrong('', object, decoded.errors[0]);
  return decoded.object as WireOptions;
}

export function propagationOf({ propagationPolicy, orphanDependents }: WireOptions): Propagation | undefined {
  if (orphanDependents !== undefined && propagationPolicy)
    throw wrong(
      'propagationPolicy',
      propagationPolicy,
      'orphanDependents and propagationPolicy cannot be both set',
    );
  if (orphanDependents !== undefined) return orphanDependents ? 'Orphan' : 'Background';
  switch (propagationPolicy) {
    case undefined:
    case '':
      return undefined;
    case 'Orphan':
    case 'Background':
    case 'Foreground':
      return propagationPolicy;
    default:
      throw wrong(
        'propagationPolicy',
        propagationPolicy,
        'supported values: "Background", "Foreground", "Orphan"',
      );
  }
}

function wholeNumber(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  if (!/^-?\d+$/.test(text)) throw wrong('gracePeriodSeconds', text, 'must be a whole number');
  return Number(text);
}

const wrong = (field: string, value: unknown, why: string) =>
  invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [fieldInvalid(field, value, why)]);
