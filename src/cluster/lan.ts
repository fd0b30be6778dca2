/** The LAN's namespace as the host sees it. */
import { statSync } from 'node:fs';

/** A file holds a namespace when what is mounted on it is not the file system around it. */
export function lanExists(netnsFile: string): boolean {
  try {
    return statSync(netnsFile).dev !== statSync(netnsFile.slice(0, netnsFile.lastIndexOf('/'))).dev;
  } catch {
    return false;
  }
}
