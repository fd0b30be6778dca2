/**
 * Does many things of the same kind: one, then two, four, eight … at a time, so that what fails for all
 * of them (a quota, a namespace that ends) costs one request and not hundreds.
 */
export async function slowStart<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  let done = 0;
  for (let size = 1; done < items.length; size *= 2) {
    const results = await Promise.allSettled(items.slice(done, done + size).map(act));
    const failed = results.find((r) => r.status === 'rejected');
    if (failed) throw failed.reason;
    done += size;
  }
}
