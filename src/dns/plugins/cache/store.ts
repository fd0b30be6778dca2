/** Answers for as long as they live, and no more than so many: the one that was not asked for longest goes first. */
import type { Message, ResourceRecord } from '../../wire/message.ts';

export interface Store {
  put(key: string, message: Message, ttl: number, nowMs: number): void;
  /** What is left of an answer, with its ttl counted down; undefined when there is none. */
  get(key: string, nowMs: number): Message | undefined;
}

interface Entry {
  message: Message;
  untilMs: number;
}

export function store(capacity: number): Store {
  const entries = new Map<string, Entry>();
  return {
    put(key, message, ttl, nowMs) {
      entries.delete(key);
      entries.set(key, { message, untilMs: nowMs + ttl * 1000 });
      for (const oldest of entries.keys()) {
        if (entries.size <= capacity) break;
        entries.delete(oldest);
      }
    },
    get(key, nowMs) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      entries.delete(key);
      if (entry.untilMs <= nowMs) return undefined;
      entries.set(key, entry);
      return withTtl(entry.message, Math.ceil((entry.untilMs - nowMs) / 1000));
    },
  };
}

/** The same answer with one ttl for all of it. */
export function withTtl(message: Message, ttl: number): Message {
  const change = (records: readonly ResourceRecord[]) => records.map((record) => ({ ...record, ttl }));
  return {
    ...message,
    answers: change(message.answers),
    authorities: change(message.authorities),
    additionals: change(message.additionals),
  };
}
