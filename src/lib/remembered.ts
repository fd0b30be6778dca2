/** Longer texts are rarely asked for twice, and would fill the memory. */
const maxCharacters = 64;

/**
 * `work`, whose answers for short texts are kept: for what is asked again and again about a few texts. When there are
 * more than `limit` of them it begins anew. Answers are shared, so they must not be changed.
 */
export function remembered<T>(limit: number, work: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const answer = work(text);
    if (text.length > maxCharacters) return answer;
    if (known.size >= limit) known.clear();
    known.set(text, answer);
    return answer;
  };
}
