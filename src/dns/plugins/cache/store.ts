/** Answers for as long as they live, and no more than so many: the one that was not asked for longest goes first. */
import type { Message, ResourceRecord } from '../../wire/message.ts';

export interface Item {
  readonly message: Message;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Questions that it was the answer to, and the last of them: what makes an answer popular. */
  asked: { count: number; lastMs: number };
  /** A fresh answer is being asked for. */
  isRefreshing: boolean;
}

export interface Store {
  readonly size: number;
  /** Whether another one had to go. */
  put(key: string, message: Message, ttl: number, nowMs: number): boolean;
  drop(key: string): void;
  /** Also one that is over, for as long as it may be given nevertheless. */
  get(key: string, nowMs: number): Item | undefined;
}

/** `staleMs`: for how long after its end an answer is still kept. */
export function store(capacity: number, staleMs = 0): Store {
  const items = new Map<string, Item>();
  return {
    get size() {
      return items.size;
    },
    put(key, message, ttl, nowMs) {
      const asked = items.get(key)?.asked ?? { count: 0, lastMs: nowMs };
      items.delete(key);
      const untilMs = nowMs + ttl * 1000;
      items.set(key, { message, fromMs: nowMs, untilMs, asked, isRefreshing: false });
      const [oldest] = items.keys();
      if (items.size <= capacity || oldest === undefined) return false;
      return items.delete(oldest);
    },
    drop: (key) => void items.delete(key),
    get(key, nowMs) {
      const item = items.get(key);
      if (!item) return undefined;
      items.delete(key);
      if (item.untilMs + staleMs <= nowMs) return undefined;
      items.set(key, item);
      return item;
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
