/** The short hash in the names of ReplicaSets and ControllerRevisions. */

/** No vowels and nothing that looks like a vowel, so that no hash is a word; as in `rand.SafeEncodeString`. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** The same for the same value, whatever the order of its fields; `collisionCount` makes another one of it. */
export function hashOf(value: unknown, collisionCount = 0): string {
  const text = canonical(value) + (collisionCount > 0 ? `#${collisionCount}` : '');
  return String(fnv1a(text)).replace(/./g, (digit) => alphabet.charAt(digit.charCodeAt(0) % alphabet.length));
}

/** http://www.isthe.com/chongo/tech/comp/fnv/, 32 bits. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** JSON with sorted keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
