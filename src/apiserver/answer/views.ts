/** The shape in which an answer goes out: the objects, a Table of them, or only their metadata. */
import { setImmediate } from 'node:timers/promises';
import type { Column, Kind } from '../../api/kind.ts';
import { apiVersionOf } from '../../api/resource.ts';
import { metadataOf, type Table, type TableOptions, tableOf } from '../../api/table.ts';
import type { KubeObject, List, ListMeta } from '../../api/types.ts';
import type { Entry } from '../../store/contract.ts';
import type { Call } from '../call.ts';
import type { ObjectAnswer } from '../contract.ts';
import { without } from '../object/without.ts';
import { negotiate, notAcceptable } from '../wire/index.ts';

export type Shape = 'object' | 'Table' | 'metadata';

/** Throws a 406 when the client accepts nothing that there is. */
export function shapeOf({ request }: Pick<Call, 'request'>): Shape {
  const asked = negotiate(request.headers['accept']);
  if (!asked) throw notAcceptable();
  if (asked.as === 'Table') return 'Table';
  return asked.as === 'PartialObjectMetadata' || asked.as === 'PartialObjectMetadataList'
    ? 'metadata'
    : 'object';
}

export function answerOne(call: Call, code: number, { object, json }: Entry): ObjectAnswer {
  switch (shapeOf(call)) {
    case 'object':
      return { code, object, json };
    case 'metadata':
      return { code, object: metadataOf(object) };
    case 'Table':
      return { code, object: tableOfOne(call, object, call.kind.columns) };
  }
}

/** A table with one row, as a watch sends it too. */
export function tableOfOne<T extends KubeObject>(
  { parts, request }: Call,
  object: T,
  columns: readonly Column<T>[],
): Table {
  const { resourceVersion } = object.metadata;
  return tableOf({ columns }, [object], parts.clock.now(), {
    includeObject: includeObject(request.query),
    metadata: resourceVersion ? { resourceVersion } : {},
  });
}

export async function answerMany(
  call: Call,
  metadata: ListMeta,
  entries: readonly Entry[],
): Promise<ObjectAnswer> {
  switch (shapeOf(call)) {
    case 'object': {
      const object = listOf(call.kind, metadata, entries);
      return { code: 200, object, jsonParts: () => listParts(object, entries) };
    }
    case 'metadata': {
      const list = {
        kind: 'PartialObjectMetadataList',
        apiVersion: 'meta.k8s.io/v1',
        metadata,
        items: entries.map((entry) => metadataOf(entry.object)),
      };
      return { code: 200, object: list, jsonParts: () => slicedParts(list, 'items') };
    }
    case 'Table':
      return tableAnswer(call, metadata, entries);
  }
}

export const listOf = ({ resource }: Kind, metadata: ListMeta, entries: readonly Entry[]): List => ({
  kind: `${resource.kind}List`,
  apiVersion: apiVersionOf(resource),
  metadata,
  items: entries.map((entry) => entry.object),
});

/** So long may a part of an answer be before the event loop gets its turn. */
const partCharacters = 256 * 1024;

/** The text of a list, out of the texts of its items. */
function* listParts(list: List, entries: readonly Entry[]): Generator<string> {
  let part = `${JSON.stringify(without(list, 'items')).slice(0, -1)},"items":[`;
  for (const [i, { json }] of entries.entries()) {
    part += i === 0 ? json : `,${json}`;
    if (part.length < partCharacters) continue;
    yield part;
    part = '';
  }
  yield `${part}]}\n`;
}

/** Rows that are made in one go: about a millisecond. */
const rowsAtOnce = 100;

async function tableAnswer(call: Call, metadata: ListMeta, entries: readonly Entry[]): Promise<ObjectAnswer> {
  const { kind, parts, request } = call;
  const options: TableOptions = { includeObject: includeObject(request.query), metadata };
  const table = tableOf(kind, [], parts.clock.now(), options);
  for (let i = 0; i < entries.length; i += rowsAtOnce) {
    if (i > 0) await setImmediate();
    const some = entries.slice(i, i + rowsAtOnce).map((entry) => entry.object);
    table.rows.push(...tableOf(kind, some, parts.clock.now(), options).rows);
  }
  return { code: 200, object: table, jsonParts: () => slicedParts(table, 'rows') };
}

/** The text of an answer whose one long list is made into text some items at a time. */
function* slicedParts<K extends string>(whole: Record<K, readonly unknown[]>, name: K): Generator<string> {
  const items = whole[name];
  let part = `${JSON.stringify(without(whole, name)).slice(0, -1)},"${name}":[`;
  for (let i = 0; i < items.length; i += rowsAtOnce) {
    const some = JSON.stringify(items.slice(i, i + rowsAtOnce)).slice(1, -1);
    yield part + (i === 0 ? some : `,${some}`);
    part = '';
  }
  yield `${part}]}\n`;
}

function includeObject(query: URLSearchParams): NonNullable<TableOptions['includeObject']> {
  const asked = query.get('includeObject');
  return asked === 'None' || asked === 'Object' ? asked : 'Metadata';
}
