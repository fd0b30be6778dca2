/**
 * What `kubectl get` prints is made by the server: a Table with a cell for each column of the kind.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
 */
import type { Kind } from './kind.ts';
import type { KubeObject, ListMeta } from './types.ts';

export interface TableColumn {
  name: string;
  type: string;
  format: string;
  description: string;
  priority: number;
}

export interface TableRow {
  cells: (string | number | boolean | null)[];
  object?: unknown;
}

export interface Table {
  kind: 'Table';
  apiVersion: 'meta.k8s.io/v1';
  metadata: ListMeta;
  columnDefinitions: TableColumn[];
  rows: TableRow[];
}

export interface TableOptions {
  /** What each row carries: the metadata (the usual), the whole object, or nothing. */
  includeObject?: 'Metadata' | 'Object' | 'None';
  /** Of the list, or of the one object. */
  metadata?: ListMeta;
}

/** All columns are sent; the client leaves out those of priority 1 unless it was asked for `-o wide`. */
export function tableOf<T extends KubeObject>(
  { columns }: Pick<Kind<T>, 'columns'>,
  objects: readonly T[],
  nowMs: number,
  { includeObject = 'Metadata', metadata = {} }: TableOptions = {},
): Table {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map(({ name, type, format, description, priority }) => ({
      name,
      type: type ?? 'string',
      format: format ?? '',
      description: description ?? '',
      priority: priority ?? 0,
    })),
    rows: objects.map((obj) => ({
      cells: columns.map((column) => column.value(obj, nowMs)),
      ...(includeObject !== 'None' && { object: includeObject === 'Object' ? obj : metadataOf(obj) }),
    })),
  };
}

/** The part of an object that every kind has: also the answer to who asks for metadata only. */
export const metadataOf = ({ metadata }: KubeObject) => ({
  kind: 'PartialObjectMetadata' as const,
  apiVersion: 'meta.k8s.io/v1' as const,
  metadata,
});
