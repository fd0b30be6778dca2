/** Definitions whose rules cannot be compiled are refused. */
import { schemasOf } from '../../api/apiextensions/customresourcedefinition/schemas.ts';
import { invalid } from '../../api/errors.ts';
import { hasRules } from '../../api/jsonschema/rules.ts';
import { customResourceDefinitions } from '../../api/resource.ts';
import type { CustomResourceDefinition } from '../../api/types.ts';
import type { AdmissionPlugin } from '../admission/contract.ts';

export const customResourceRules: AdmissionPlugin = {
  name: 'CustomResourceRules',
  handles: ({ kind, verb, subresource }) =>
    kind.resource === customResourceDefinitions && verb !== 'delete' && subresource === undefined,
  async admit({ object }) {
    const ruled = schemasOf(object as CustomResourceDefinition).filter(({ schema }) => hasRules(schema));
    if (ruled.length === 0) return undefined;
    // CEL is loaded when the first schema has rules.
    const { ruleErrors } = await import('./rules.ts');
    const wrong = ruled.flatMap(({ schema, path }) => ruleErrors(schema, path));
    if (wrong.length > 0) throw invalid(customResourceDefinitions, object.metadata.name, wrong);
    return undefined;
  },
};
