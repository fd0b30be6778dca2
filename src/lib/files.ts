import { readFileSync } from 'node:fs';

/** What stands in the file; nothing when it cannot be read: it, or the process that it is about, may be gone. */
export function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
