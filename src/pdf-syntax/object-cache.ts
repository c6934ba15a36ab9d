/** Keeps parsed objects by number until they weigh more than `limit` together; the oldest leave first. */
export interface ObjectCache<T> {
  get(key: number): T | undefined;
  /** `weight` is the length of the object's text: a hostile file has two thousand of eight megabytes. */
  put(key: number, value: T, weight: number): void;
}

export function createObjectCache<T>(limit: number): ObjectCache<T> {
  const kept = new Map<number, { readonly value: T; readonly weight: number }>();
  let total = 0;
  return {
    get: (key) => kept.get(key)?.value,
    put: (key, value, weight) => {
      kept.set(key, { value, weight });
      total += weight;
      for (const [oldest, entry] of kept) {
        if (total <= limit || kept.size === 1) break;
        kept.delete(oldest);
        total -= entry.weight;
      }
    },
  };
}
