/** What the mutations of a MutatingAdmissionPolicy make of an object. Loaded when the first one is asked. */

import { isObject, type JsonObject } from '../../../api/jsonValue.ts';
import { structureOf } from '../../../api/schema/structure.ts';
import type { KubeObject, MutatingAdmissionPolicy } from '../../../api/types.ts';
import { compileCel, type Expression } from '../../cel/environment.ts';
import { jsonOf } from '../../cel/json.ts';
import { structsAsMaps } from '../../cel/structs.ts';
import { celValue } from '../../cel/values.ts';
import { merge } from '../../managedFields/merge.ts';
import { applyJsonPatch } from '../../patch/json.ts';
import { allHold } from '../dynamic/conditions.ts';
import { inTime, type Seen, variablesOf } from '../dynamic/variables.ts';
import { type CompiledPolicy, compileShared, mutationEnvironment } from './compile.ts';
import { withVariables } from './evaluate.ts';

interface Compiled extends Pick<CompiledPolicy, 'conditions' | 'variables'> {
  readonly mutations: readonly { isPatch: boolean; expression: Expression }[];
}

const known = new WeakMap<MutatingAdmissionPolicy, Compiled>();

function compiledMutations(policy: MutatingAdmissionPolicy): Compiled {
  const before = known.get(policy);
  if (before) return before;
  const { mutations = [], ...spec } = policy.spec ?? {};
  const env = mutationEnvironment(spec.variables);
  const made = {
    ...compileShared(env, spec),
    mutations: mutations.map(({ jsonPatch, applyConfiguration }) => ({
      isPatch: jsonPatch !== undefined,
      expression: compileCel(env, structsAsMaps((jsonPatch ?? applyConfiguration)?.expression ?? '')),
    })),
  };
  known.set(policy, made);
  return made;
}

interface Given {
  params: KubeObject | null;
  namespaceObject: KubeObject | undefined;
}

/**
 * The object with all mutations, one after the other; undefined when the conditions do not hold.
 * @throws {Error} saying which expression has no value.
 */
export function mutated(
  policy: MutatingAdmissionPolicy,
  seen: Seen,
  { params, namespaceObject }: Given,
): JsonObject | undefined {
  const { conditions, variables, mutations } = compiledMutations(policy);
  const given = {
    ...variablesOf(seen),
    namespaceObject: celValue(namespaceObject ?? null, undefined),
    params: celValue(params, undefined),
  };
  return inTime(() => {
    const { holds, error } = allHold(conditions, withVariables({ variables }, given));
    if (error !== undefined) throw new Error(error);
    if (!holds) return undefined;
    let object = structuredClone(seen.form.object) as unknown as JsonObject;
    for (const { isPatch, expression } of mutations) {
      const values = withVariables({ variables }, { ...given, object: celValue(object, undefined) });
      const said = jsonOf(expression.evaluate(values));
      object = isPatch ? applyJsonPatch(object, said) : applied(object, said, seen);
    }
    return object;
  });
}

function applied(object: JsonObject, configuration: unknown, { form }: Seen): JsonObject {
  if (!isObject(configuration)) throw new Error('an apply configuration is an object');
  return merge(object, configuration, structureOf(form.kind)) as JsonObject;
}
