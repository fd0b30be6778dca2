/**
 * The log table, as kine has it: one row a write, the newest row of a key is its state.
 * WAL with synchronous=FULL: a commit that returned survives the process and the power
 * (https://www.sqlite.org/wal.html#performance_considerations).
 */
import { DatabaseSync } from 'node:sqlite';
import type { LogRecord, SavedLog } from '../persister.ts';
import { type Encryption, type Seal, sealOf } from './seal.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS log (
    revision INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    value TEXT,
    deleted INTEGER NOT NULL,
    previous INTEGER NOT NULL,
    expires_at_ms INTEGER
  ) STRICT;
  CREATE TABLE IF NOT EXISTS compaction (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), revision INTEGER NOT NULL) STRICT;
  INSERT OR IGNORE INTO compaction VALUES (1, 0);
`;

export interface Log {
  /** Encrypts what was written before it was to be, or with a key that has a follower. */
  reseal(): void;
  load(): SavedLog;
  append(records: readonly LogRecord[]): void;
  compact(revision: number): void;
  close(): void;
}

/** Opens or makes the file. Only one process may have it open; another one is refused. */
export function openLog(path: string, encryption?: Encryption): Log {
  const seal = sealOf(encryption);
  const db = new DatabaseSync(path);
  // Exclusive locking also spares the shared-memory file; the cache is small because memory holds everything anyway.
  db.exec(
    'PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-1024;',
  );
  db.exec(schema);
  const insert = db.prepare('INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)');
  const compacted = () => Number(db.prepare('SELECT revision FROM compaction').get()?.['revision'] ?? 0);

  function transaction(work: () => void): void {
    db.exec('BEGIN IMMEDIATE');
    try {
      work();
      db.exec('COMMIT');
    } catch (err) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw err;
    }
  }

  return {
    reseal: () => encryption && reseal(db, seal, transaction),
    load: () => ({ compacted: compacted(), records: readAll(db, seal) }),
    append: (records) =>
      transaction(() => {
        for (const { revision, key, value, previous, expiresAtMs } of records) {
          const stored = value === null ? null : seal.close(key, value);
          insert.run(revision, key, stored, value === null ? 1 : 0, previous, expiresAtMs);
        }
      }),
    compact: (revision) =>
      transaction(() => {
        const since = compacted();
        // Only rows written since the last compaction can have replaced something that is still there.
        db.prepare(
          'DELETE FROM log WHERE revision IN (SELECT previous FROM log WHERE revision > ? AND revision <= ?)',
        ).run(since, revision);
        db.prepare('DELETE FROM log WHERE deleted = 1 AND revision > ? AND revision <= ?').run(
          since,
          revision,
        );
        db.prepare('UPDATE compaction SET revision = ?').run(revision);
      }),
    close: () => db.close(),
  };
}

function reseal(db: DatabaseSync, seal: Seal, transaction: (work: () => void) => void): void {
  const rows = db.prepare(
    'SELECT revision, key, substr(value, 1, 256) AS head FROM log WHERE value IS NOT NULL',
  );
  const stale: number[] = [];
  for (const { revision, key, head } of rows.iterate())
    if (!seal.isCurrent(String(key), String(head))) stale.push(Number(revision));
  if (stale.length === 0) return;
  const read = db.prepare('SELECT key, value FROM log WHERE revision = ?');
  const write = db.prepare('UPDATE log SET value = ? WHERE revision = ?');
  transaction(() => {
    for (const revision of stale) {
      const { key, value } = read.get(revision) ?? {};
      write.run(seal.close(String(key), seal.open(String(key), String(value))), revision);
    }
  });
  // Free pages and the write-ahead log would still have the old bytes.
  db.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE);');
}

function* readAll(db: DatabaseSync, seal: Seal): Generator<LogRecord> {
  const rows = db.prepare('SELECT revision, key, value, previous, expires_at_ms FROM log ORDER BY revision');
  for (const row of rows.iterate()) {
    const { revision, key, value, previous, expires_at_ms: expiresAtMs } = row;
    yield {
      revision: Number(revision),
      key: String(key),
      value: value === null ? null : seal.open(String(key), String(value)),
      previous: Number(previous),
      expiresAtMs: expiresAtMs === null ? null : Number(expiresAtMs),
    };
  }
}
