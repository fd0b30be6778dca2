/** Answers of the API server are kept for a while, so that not every request costs it one. */
import type { Clock } from '../../../lib/clock.ts';

const most = 1000;

/** Failures are forgotten at once. */
export function remember<T>(ttlMs: number, clock: Clock) {
  const known = new Map<string, { untilMs: number; answer: Promise<T> }>();
  return (key: string, ask: () => Promise<T>): Promise<T> => {
    const found = known.get(key);
    if (found && found.untilMs > clock.now()) return found.answer;
    known.delete(key);
    const [oldest] = known.keys();
    if (known.size >= most && oldest !== undefined) known.delete(oldest);
    const answer = ask();
    known.set(key, { untilMs: clock.now() + ttlMs, answer });
    answer.catch(() => known.delete(key));
    return answer;
  };
}
