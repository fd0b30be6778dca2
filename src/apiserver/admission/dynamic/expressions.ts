/** Webhooks and policies whose expressions cannot be compiled are refused. */

import { type FieldError, invalid } from '../../../api/errors.ts';
import { isObject } from '../../../api/jsonValue.ts';
import type { KubeObject } from '../../../api/types.ts';
import type { AdmissionPlugin } from '../contract.ts';
import type { Found } from './found.ts';

const group = 'admissionregistration.k8s.io';

export const admissionExpressions: AdmissionPlugin = {
  name: 'AdmissionExpressions',
  handles: ({ kind, verb, subresource }) =>
    kind.resource.group === group && verb !== 'delete' && subresource === undefined,
  async admit({ kind, object }) {
    const found = expressionsOf(object);
    if (found.length === 0) return undefined;
    // CEL is loaded by the first expression.
    const { expressionErrors } = await import('./compileAll.ts');
    const { variables = [] } = (object as Ruled).spec ?? {};
    const wrong: FieldError[] = expressionErrors(found, variables);
    if (wrong.length > 0) throw invalid(kind.resource, object.metadata.name, wrong);
    return undefined;
  },
};

type Ruled = KubeObject & { spec?: { variables?: readonly { name: string }[] } };

type Loose = Readonly<Record<string, unknown>>;

function expressionsOf(object: KubeObject): Found[] {
  const { spec, webhooks } = object as KubeObject & { spec?: unknown; webhooks?: unknown };
  if (Array.isArray(webhooks))
    return webhooks.flatMap((webhook: Loose, i) =>
      listed(webhook, 'matchConditions', `webhooks[${i}]`, { expression: 'bool' }, 'webhook'),
    );
  if (!isObject(spec)) return [];
  return [
    ...listed(spec, 'variables', 'spec', { expression: undefined }, 'policy'),
    ...listed(spec, 'matchConditions', 'spec', { expression: 'bool' }, 'policy'),
    ...listed(spec, 'validations', 'spec', { expression: 'bool', messageExpression: 'string' }, 'policy'),
    ...listed(spec, 'auditAnnotations', 'spec', { valueExpression: undefined }, 'policy'),
    ...mutationsOf(spec),
  ];
}

const mutationsOf = ({ mutations }: Loose): Found[] =>
  ((mutations ?? []) as Loose[]).flatMap((mutation, i) =>
    ['jsonPatch', 'applyConfiguration'].flatMap((name) => {
      const { expression } = (mutation[name] ?? {}) as Loose;
      const field = `spec.mutations[${i}].${name}.expression`;
      return typeof expression === 'string' ? [{ field, text: expression, where: 'mutation' as const }] : [];
    }),
  );

function listed(
  holder: Loose,
  list: string,
  at: string,
  expressions: Readonly<Record<string, Found['type']>>,
  where: Found['where'],
): Found[] {
  const items = (holder[list] ?? []) as Loose[];
  return items.flatMap((item, i) =>
    Object.entries(expressions).flatMap(([name, type]): Found[] => {
      const text = item[name];
      if (typeof text !== 'string' || text.trim() === '') return [];
      return [{ field: `${at}.${list}[${i}].${name}`, text, where, ...(type && { type }) }];
    }),
  );
}
