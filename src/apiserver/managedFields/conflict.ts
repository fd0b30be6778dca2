/** The 409 of server-side apply, in Kubernetes' words. */
import { StatusError } from '../../api/errors.ts';
import type { StatusCause } from '../../api/types.ts';
import type { Owner } from './entries.ts';
import { pathsOf } from './fieldSet.ts';
import type { Conflict } from './ownership.ts';
import { showPath } from './steps.ts';

export function applyConflict(conflicts: readonly Conflict[]): StatusError {
  const told = conflicts
    .map((conflict) => ({
      owner: showOwner(conflict.with),
      fields: [...pathsOf(conflict.fields)].map(showPath),
    }))
    .sort((a, b) => (a.owner < b.owner ? -1 : 1));
  const causes: StatusCause[] = told.flatMap(({ owner, fields }) =>
    fields.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${owner}`, field })),
  );
  const only = causes.length === 1 ? causes[0] : undefined;
  const message = only
    ? `Apply failed with 1 conflict: ${only.message}: ${only.field}`
    : `Apply failed with ${causes.length} conflicts: ${told.flatMap(lines).join('\n')}`;
  return new StatusError(409, 'Conflict', message, { causes });
}

const lines = ({ owner, fields }: { owner: string; fields: readonly string[] }) => [
  `conflicts with ${owner}:`,
  ...fields.map((field) => `- ${field}`),
];

function showOwner({ manager, operation, apiVersion, subresource }: Owner): string {
  const named = JSON.stringify(manager) + (subresource && ` with subresource ${JSON.stringify(subresource)}`);
  return operation === 'Update' ? `${named} using ${apiVersion}` : named;
}
