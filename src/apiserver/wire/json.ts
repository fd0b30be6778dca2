import { badRequest } from '../../api/errors.ts';
import { checkTree, maxDepth, tooDeep } from './tree.ts';

export interface Parsed {
  value: unknown;
  /** `duplicate field "spec.replicas"`, at most a hundred. */
  duplicates: string[];
}

/** As many as Kubernetes reports of one body. */
const maxDuplicates = 100;

/**
 * JSON text as a value. Of a key that is there twice the last one holds, as in every JSON parser; that it
 * was there twice is told beside it, for `fieldValidation`.
 */
export function parseJson(text: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (err) {
    throw badRequest(`couldn't get version/kind; json parse error: ${(err as Error).message}`);
  }
  // Duplicates are rare, so they are first only counted: written colons against keys that were kept.
  const kept = checkTree(value);
  return { value, duplicates: countColons(text) === kept ? [] : findDuplicates(text) };
}

/** The colons outside of strings: one a written key. The text is known to be JSON. */
function countColons(text: string): number {
  let count = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) i = endOfString(text, i);
    else if (c === COLON) count++;
    else if (c === OPEN_OBJECT || c === OPEN_LIST) {
      // The tree may be shallow and this deep all the same: in what a later duplicate replaced.
      if (++depth > maxDepth) throw tooDeep();
    } else if (c === CLOSE_OBJECT || c === CLOSE_LIST) depth--;
  }
  return count;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const BACKSLASH = 0x5c;

/** The index of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
}

interface Level {
  /** The path of this object or list: `spec.containers[0]`. */
  path: string;
  /** The keys seen, in an object. */
  seen?: Set<string>;
  /** The path of the member that is being read. */
  member: string;
  index: number;
}

/** The slow way, for a text that has duplicates: walks it and keeps the path. */
function findDuplicates(text: string): string[] {
  const found: string[] = [];
  const levels: Level[] = [];
  let lastString = '';
  for (let i = 0; i < text.length && found.length < maxDuplicates; i++) {
    const c = text.charCodeAt(i);
    const level = levels.at(-1);
    if (c === QUOTE) {
      const end = endOfString(text, i);
      lastString = text.slice(i, end + 1);
      i = end;
    } else if (c === COLON && level?.seen) {
      const key = JSON.parse(lastString) as string;
      level.member = level.path === '' ? key : `${level.path}.${key}`;
      if (level.seen.has(key)) found.push(`duplicate field "${level.member}"`);
      level.seen.add(key);
    } else if (c === OPEN_OBJECT || c === OPEN_LIST) {
      const path = level ? pathOfMember(level) : '';
      levels.push({ path, member: path, index: 0, ...(c === OPEN_OBJECT && { seen: new Set<string>() }) });
    } else if (c === CLOSE_OBJECT || c === CLOSE_LIST) levels.pop();
    else if (c === 0x2c && level) level.index++;
  }
  return found;
}

const pathOfMember = (level: Level) => (level.seen ? level.member : `${level.path}[${level.index}]`);
