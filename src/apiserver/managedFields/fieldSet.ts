/**
 * A set of fields, in the very form in which `metadata.managedFields` keeps it (FieldsV1): a tree whose keys
 * are the steps of paths (`f:replicas`). A node without children is in the set; one with children is in it when it
 * also has the key `.`. Sets are never changed, and share what they have in common.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/#System
 */
export interface FieldSet {
  readonly [step: string]: FieldSet;
}

type Draft = Record<string, FieldSet>;

export const emptySet: FieldSet = Object.freeze({});
/** A node of the set with nothing below it. */
export const member: FieldSet = Object.freeze({});
const self = '.';

/** A node that is in the set, with these below it. */
export const memberWith = (children: FieldSet): FieldSet =>
  isEmpty(children) ? member : { [self]: member, ...children };

/** A node that is in the set and comes to be with what is below it, so that nothing is copied. */
export class Members {
  #node: Draft | undefined;

  add(step: string, child: FieldSet): void {
    (this.#node ??= { [self]: member })[step] = child;
  }

  node(): FieldSet {
    return this.#node ?? member;
  }
}

export function isEmpty(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

const isMember = (node: FieldSet) => self in node || isEmpty(node);

/** Whether the path of one step is in the set. */
export const hasMember = (set: FieldSet, step: string): boolean => {
  const node = set[step];
  return node !== undefined && isMember(node);
};

/** What the set holds below a step. */
export const below = (set: FieldSet, step: string): FieldSet => {
  const node = set[step];
  return node === undefined || !(self in node) ? (node ?? emptySet) : childrenOf(node);
};

function childrenOf(node: FieldSet): FieldSet {
  const { [self]: _, ...children } = node;
  return children;
}

interface Rule {
  isMember(a: boolean, b: boolean): boolean;
  /** Whether what stands on one side alone is taken. */
  readonly onlyA: boolean;
  readonly onlyB: boolean;
}

const unionRule: Rule = { isMember: (a, b) => a || b, onlyA: true, onlyB: true };
const differenceRule: Rule = { isMember: (a, b) => a && !b, onlyA: true, onlyB: false };
const intersectionRule: Rule = { isMember: (a, b) => a && b, onlyA: false, onlyB: false };

export const union = (a: FieldSet, b: FieldSet): FieldSet =>
  isEmpty(a) ? b : isEmpty(b) ? a : combine(a, b, unionRule);

/** What is in `a` and not in `b`. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet =>
  isEmpty(a) || isEmpty(b) ? a : combine(a, b, differenceRule);

export const intersection = (a: FieldSet, b: FieldSet): FieldSet =>
  isEmpty(a) || isEmpty(b) ? emptySet : combine(a, b, intersectionRule);

/** Of the children of two nodes. */
function combine(a: FieldSet, b: FieldSet, rule: Rule): Draft {
  const combined: Draft = {};
  for (const [step, nodeA] of Object.entries(a)) {
    if (step === self) continue;
    const nodeB = b[step];
    const node = nodeB ? combineNodes(nodeA, nodeB, rule) : rule.onlyA ? nodeA : undefined;
    if (node) combined[step] = node;
  }
  if (rule.onlyB)
    for (const [step, node] of Object.entries(b)) if (step !== self && !(step in a)) combined[step] = node;
  return combined;
}

/** Undefined when nothing is left. */
function combineNodes(a: FieldSet, b: FieldSet, rule: Rule): FieldSet | undefined {
  const children = combine(a, b, rule);
  if (rule.isMember(isMember(a), isMember(b))) return memberWith(children);
  return isEmpty(children) ? undefined : children;
}

export function isEqual(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  let count = 0;
  for (const step in a) {
    const other = b[step];
    if (!other || !isEqual(a[step] ?? emptySet, other)) return false;
    count++;
  }
  return Object.keys(b).length === count;
}

/** The paths in the set, in the order of their steps. */
export function* pathsOf(set: FieldSet, prefix: readonly string[] = []): Generator<readonly string[]> {
  for (const step of Object.keys(set).sort()) {
    const node = set[step];
    if (step === self || !node) continue;
    const path = [...prefix, step];
    if (isMember(node)) yield path;
    yield* pathsOf(node, path);
  }
}

/** Of a set, what begins with these steps. */
export function only(set: FieldSet, step: string, ...more: readonly string[]): FieldSet {
  const [next, ...rest] = more;
  const node = next === undefined ? set[step] : only(below(set, step), next, ...rest);
  return node && !(next !== undefined && isEmpty(node)) ? { [step]: node } : emptySet;
}
