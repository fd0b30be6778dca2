/** What both dialects say in the same words. */
import type { Path } from './operations.ts';

/** A patch has no fields of its own. */
export const patchName = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch';

export const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
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
