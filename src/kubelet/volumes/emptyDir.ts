/** https://kubernetes.io/docs/concepts/storage/volumes/#emptydir */
import { chmodSync, mkdirSync } from 'node:fs';
import { parseQuantity } from '../../api/quantity.ts';
import type { Volume } from '../../api/types.ts';
import { inMemory } from './inMemory.ts';

/** Makes the directory unless it is there from before a restart of the agent. */
export function emptyDir(
  { medium = '', sizeLimit }: NonNullable<Volume['emptyDir']>,
  directory: string,
): void {
  if (medium !== '' && medium !== 'Memory')
    throw new Error(`emptyDir medium ${JSON.stringify(medium)} is not supported`);
  const isNew = mkdirSync(directory, { recursive: true }) !== undefined;
  if (medium === 'Memory') {
    const size = sizeLimit ? `,size=${parseQuantity(sizeLimit).milli / 1000n}` : '';
    inMemory(directory, `mode=1777${size}`); // as tmpfs comes, and so in Kubernetes
  } else if (isNew) chmodSync(directory, 0o777);
}
