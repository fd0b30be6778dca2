/** What the network knows of each pod, on disk: an agent that starts again finds every pod's addresses. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

export interface PodRecord {
  uid: string;
  /** For people who look into the directory. */
  pod: string;
  /** Empty for `hostNetwork`. */
  podIPs: string[];
  /** Its namespaces and links were made completely. */
  isComplete: boolean;
}

export interface Records {
  all(): IterableIterator<PodRecord>;
  get(uid: string): PodRecord | undefined;
  put(record: PodRecord): void;
  delete(uid: string): void;
  /** The addresses that were given out last, one a family. */
  lastGiven(): readonly string[];
}

/** Small files, written synchronously: nothing can come between deciding on an address and having it on disk. */
export function openRecords(stateDir: string): Records {
  const podsDir = `${stateDir}/pods`;
  const lastFile = `${stateDir}/last-addresses.json`;
  mkdirSync(podsDir, { recursive: true });
  const records = new Map<string, PodRecord>();
  for (const file of readdirSync(podsDir)) {
    if (!file.endsWith('.json')) continue;
    const record = readJson<PodRecord>(`${podsDir}/${file}`);
    if (record) records.set(record.uid, record);
  }
  let last = readJson<string[]>(lastFile) ?? [];

  return {
    all: () => records.values(),
    get: (uid) => records.get(uid),
    put(record) {
      const isNew = !records.has(record.uid);
      writeJson(`${podsDir}/${record.uid}.json`, record);
      records.set(record.uid, record);
      if (!isNew || record.podIPs.length === 0) return;
      last = record.podIPs;
      writeJson(lastFile, last);
    },
    delete(uid) {
      rmSync(`${podsDir}/${uid}.json`, { force: true });
      records.delete(uid);
    },
    lastGiven: () => last,
  };
}

/** Undefined for a file that is not there or that a crash left half written. */
function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(value));
  renameSync(`${file}.new`, file);
}
