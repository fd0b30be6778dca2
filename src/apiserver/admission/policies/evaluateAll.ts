/** A policy asked with each of its parameters. */
import type { KubeObject, ValidatingAdmissionPolicy } from '../../../api/types.ts';
import { celValue } from '../../cel/values.ts';
import { inTime, type Seen, variablesOf } from '../dynamic/variables.ts';
import { compiledPolicy } from './compile.ts';
import { evaluatePolicy, type Finding } from './evaluate.ts';

interface Given {
  params: readonly (KubeObject | null)[];
  namespaceObject: KubeObject | undefined;
  mayFail: boolean;
}

export function evaluateAll(
  policy: ValidatingAdmissionPolicy,
  seen: Seen,
  { params, namespaceObject, mayFail }: Given,
): Finding[] {
  const compiled = compiledPolicy(policy);
  const shared = {
    ...variablesOf(seen),
    namespaceObject: celValue(namespaceObject ?? null, undefined),
  };
  return inTime(() =>
    params.map((one) => evaluatePolicy(compiled, { ...shared, params: celValue(one, undefined) }, mayFail)),
  );
}
