/** A certificate that was renewed, on the disk, so that the next start has it. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { KeyPair } from './certificate.ts';
import { expiresAtMs, isIssuedBy } from './expiry.ts';

export interface KeptPair {
  /** What the file has when that holds longer than `pair`. */
  newer(pair: KeyPair): KeyPair;
  write(pair: KeyPair): void;
}

/** What this authority (PEM) did not sign counts as not there. */
export const keptPair = (file: string, ca: string): KeptPair => ({
  newer(pair) {
    const kept = read(file);
    if (!kept || !isIssuedBy(kept.certificate, ca)) return pair;
    return expiresAtMs(kept.certificate) > expiresAtMs(pair.certificate) ? kept : pair;
  },
  write(pair) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.new`, JSON.stringify(pair), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  },
});

function read(file: string): KeyPair | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as KeyPair;
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw err;
  }
}
