/** https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#additional-printer-columns */
import { formatDuration } from '../../api/age.ts';
import { nameColumn } from '../../api/columns.ts';
import { parseJsonPath } from '../../api/jsonPath.ts';
import type { Column } from '../../api/kind.ts';
import type { CustomResourceDefinition, KubeObject } from '../../api/types.ts';

type Definition = NonNullable<
  CustomResourceDefinition['spec']['versions'][number]['additionalPrinterColumns']
>[number];

/** What is printed when the definition says nothing. */
const usual: Definition = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

export const columnsOf = (definitions: readonly Definition[] | undefined): Column<KubeObject>[] => [
  nameColumn,
  ...(definitions?.length ? definitions : [usual]).map(columnOf),
];

function columnOf({ name, type, description, priority, jsonPath }: Definition): Column<KubeObject> {
  const path = parseJsonPath(jsonPath);
  return {
    name,
    type: type as NonNullable<Column<KubeObject>['type']>,
    ...(description && { description }),
    ...(priority && { priority: 1 as const }),
    value(object, nowMs) {
      const [found] = path(object);
      return found === undefined || found === null ? null : cellOf(found, type, nowMs);
    },
  };
}

function cellOf(value: unknown, type: string, nowMs: number): string | number | boolean | null {
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? ageOf(value, nowMs) : null;
    default:
      return typeof value === 'string' ? value : JSON.stringify(value);
  }
}

function ageOf(time: string, nowMs: number): string {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? '<invalid>' : formatDuration(nowMs - ms);
}
