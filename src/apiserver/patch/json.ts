/** JSON patch, RFC 6902. */
import jsonpatch, { type MoveOperation, type Operation } from 'fast-json-patch';
import { StatusError } from '../../api/errors.ts';
import { isObject, type JsonObject } from '../../api/jsonValue.ts';
import { checkTree } from '../wire/index.ts';
import { badPatch, largePatch, unfitPatch } from './errors.ts';
import { countedFromStart, hasNegative } from './indexes.ts';

/** As many as Kubernetes takes. */
const maxOperations = 10_000;

/**
 * How much all operations of a patch may copy. Each `copy` may double the object; `move` costs a copy of
 * what stands where it goes to.
 */
const maxCopiedBytes = 3 * 1024 * 1024;

/** Changes `target`, or makes another if an operation replaces the whole. */
export function applyJsonPatch(target: JsonObject, body: unknown): JsonObject {
  const operations = operationsOf(body);
  let document: unknown = target;
  let copiedBytes = 0;
  for (const operation of operations) {
    copiedBytes += copiedBy(operation, document);
    if (copiedBytes > maxCopiedBytes)
      throw largePatch('Unable to complete the copy, the accumulated size increase is too large');
    document = applyOne(document, operation);
  }
  if (!isObject(document)) throw unfitPatch('', 'the patched document is no object');
  checkTree(document);
  return document;
}

function operationsOf(body: unknown): Operation[] {
  if (!Array.isArray(body)) throw badPatch('json: cannot unmarshal into Go value of type jsonpatch.Patch');
  if (body.length > maxOperations)
    throw largePatch(
      `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${body.length}`,
    );
  for (const operation of body as unknown[])
    if (!isObject(operation) || typeof operation['op'] !== 'string' || typeof operation['path'] !== 'string')
      throw badPatch('an operation is an object with op and path');
  return body as Operation[];
}

/** As in Go's library: what is not there is null to a test. */
const isFoundAbsent = (document: unknown, operation: Operation): boolean =>
  operation.op === 'test' &&
  operation.value === null &&
  jsonpatch.getValueByPointer(document, operation.path) === undefined;

function applyOne(document: unknown, operation: Operation): unknown {
  try {
    // Where an item goes to is counted when it has left.
    if (operation.op === 'move' && hasNegative(operation.path)) return applyInTwo(document, operation);
    const counted = countedFromStart(document, operation);
    if (isFoundAbsent(document, counted)) return document;
    return jsonpatch.applyOperation(document, counted, true, true, true).newDocument;
  } catch (err) {
    if (err instanceof StatusError) throw err;
    // Its messages go on with the whole document.
    const why = err instanceof Error ? (err.message.split('\n')[0] ?? '') : String(err);
    throw unfitPatch(operation.path, `${operation.op}: ${why}`);
  }
}

function applyInTwo(document: unknown, { from, path }: MoveOperation): unknown {
  const source = countedFromStart(document, { op: 'remove', path: from });
  const value: unknown = jsonpatch.getValueByPointer(document, source.path);
  return applyOne(applyOne(document, source), { op: 'add', path, value });
}

function copiedBy(operation: Operation, document: unknown): number {
  if (operation.op === 'copy') return sizeOf(document, operation.from);
  return operation.op === 'move' ? sizeOf(document, operation.path) : 0;
}

function sizeOf(document: unknown, pointer: string): number {
  try {
    const value: unknown = jsonpatch.getValueByPointer(document, pointer);
    return JSON.stringify(value)?.length ?? 0;
  } catch {
    // The operation itself says what is wrong with it.
    return 0;
  }
}
