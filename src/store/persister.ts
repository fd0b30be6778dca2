/** Where the engine keeps its log so that it survives the process. */

/** One row of the log, in kine's manner. */
export interface LogRecord {
  readonly revision: number;
  readonly key: string;
  /** The object's JSON; null when the key was removed. */
  readonly value: string | null;
  /** The revision of the row that this one replaces; 0 when the key is new. */
  readonly previous: number;
  readonly expiresAtMs: number | null;
}

export interface Persister {
  /** Resolves when all records, or rejects when none of them, would survive `kill -9`. Called again only after that. */
  append(records: readonly LogRecord[]): Promise<void>;
  /** Removes what was replaced or deleted at or before this revision. */
  compact(revision: number): Promise<void>;
  close(): Promise<void>;
}

/** What a log held when it was opened. */
export interface SavedLog {
  /** Everything replaced at or before this revision is gone from it. */
  readonly compacted: number;
  /** In the order of their revisions. */
  readonly records: Iterable<LogRecord>;
}
