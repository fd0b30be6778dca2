/** `ask`, whose answers that are not `undefined` are remembered: the `limit` that were used last. */
export function remember<T>(
  ask: (key: string) => T | undefined,
  limit: number,
): (key: string) => T | undefined {
  const known = new Map<string, T>();
  return (key) => {
    const answer = known.get(key) ?? ask(key);
    if (answer === undefined) return undefined;
    // A Map keeps the order of insertion: the first key is the one not used for longest.
    known.delete(key);
    known.set(key, answer);
    for (const oldest of known.keys()) {
      if (known.size <= limit) break;
      known.delete(oldest);
    }
    return answer;
  };
}
