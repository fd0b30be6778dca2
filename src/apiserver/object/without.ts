/** A copy that lacks these members. */
export function without<T extends object, K extends keyof T>(object: T, ...names: readonly K[]): Omit<T, K> {
  const dropped: readonly PropertyKey[] = names;
  const copy: Partial<T> = {};
  // An object from which something was deleted is slow to read from then on.
  for (const key of Object.keys(object) as (keyof T)[]) if (!dropped.includes(key)) copy[key] = object[key];
  return copy as Omit<T, K>;
}
