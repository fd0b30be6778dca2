/** What outlives a reload: a value that the next Corefile asks for again is kept, one that it does not is let go. */
export interface Shared {
  get<T>(name: string, make: (signal: AbortSignal) => T): T;
  /** The next Corefile is being set up; what it asks for is noted. */
  begin(): void;
  /** It took over: what it did not ask for ends. */
  commit(): void;
  /** It was refused: what only it asked for ends. */
  rollBack(): void;
  close(): void;
}

interface Entry {
  value: unknown;
  controller: AbortController;
}

export function sharedValues(): Shared {
  let kept = new Map<string, Entry>();
  let asked = new Map<string, Entry>();
  const end = (from: Map<string, Entry>, but: Map<string, Entry>) => {
    for (const [name, { controller }] of from) if (!but.has(name)) controller.abort();
  };
  return {
    get<T>(name: string, make: (signal: AbortSignal) => T): T {
      let entry = asked.get(name) ?? kept.get(name);
      if (!entry) {
        const controller = new AbortController();
        entry = { value: make(controller.signal), controller };
      }
      asked.set(name, entry);
      return entry.value as T;
    },
    begin() {
      asked = new Map();
    },
    commit() {
      end(kept, asked);
      kept = asked;
    },
    rollBack() {
      end(asked, kept);
      asked = kept;
    },
    close() {
      end(kept, new Map());
      kept = asked = new Map();
    },
  };
}
