/** What both dialects say in the same words. */
import { type GroupVersion, type Operation, type Path, pathOf } from './operations.ts';
import type { Parameter } from './parameters.ts';
import type { Schema } from './schema.ts';

/** A patch has no fields of its own. */
export const patchName = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch';

export const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

export const answerTypes = ['application/json', 'application/yaml'];

/** All messages that the paths send or answer. */
export function allMessages(paths: readonly Path[], declared: ReadonlySet<string>): string[] {
  const messages = paths.flatMap((path) =>
    path.operations.flatMap(({ body, answer }) => [body, answer, 'meta/v1.Status', 'meta/v1.WatchEvent']),
  );
  return [...new Set(messages)]
    .filter((message) => message !== undefined)
    .filter((message) => declared.has(message));
}

/** `apps_v1`, `v1` */
export const tagsOf = (gv: GroupVersion): string[] => [
  pathOf(gv)
    .replace(/^apis?\//, '')
    .replace('/', '_'),
];

export type PathItem = Readonly<Record<string, unknown>> & { readonly parameters: readonly Schema[] };

/** A path with its parameters and its operations by their methods, each in the words of the dialect. */
export const pathItem = (
  { parameters, operations }: Path,
  say: { parameter: (parameter: Parameter) => Schema; operation: (operation: Operation) => Schema },
): PathItem => ({
  parameters: parameters.map(say.parameter),
  ...Object.fromEntries(operations.map((operation) => [operation.method, say.operation(operation)])),
});
