import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Where a program is; also in the directories that ordinary users do not have in their PATH. */
export function findProgram(name: string, path = process.env['PATH'] ?? ''): string | undefined {
  return [...path.split(':'), '/usr/sbin', '/sbin']
    .filter((dir) => dir !== '')
    .map((dir) => join(dir, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
