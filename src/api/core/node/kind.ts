import type { Kind } from '../../kind.ts';
import { nodes } from '../../resource.ts';
import type { Node } from '../../types.ts';
import { columns } from './columns.ts';
import { defaultNode } from './defaults.ts';
import './fields.ts';
import { validateNode, validateNodeUpdate } from './validate.ts';

export const node: Kind<Node> = {
  resource: nodes,
  singular: 'node',
  shortNames: ['no'],
  message: 'core/v1.Node',
  status: true,
  nameRule: 'subdomain',
  selectableFields: { 'spec.unschedulable': (n) => String(n.spec?.unschedulable ?? false) },
  defaults: defaultNode,
  validate: validateNode,
  validateUpdate: validateNodeUpdate,
  columns,
};
