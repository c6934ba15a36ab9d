export type Remember<T> = (key: string, ask: () => Promise<T>) => Promise<T>;

/** Remembers the answers to the `most` questions asked last; what failed is asked anew. */
export function lastFew<T>(most: number): Remember<T> {
  const known = new Map<string, Promise<T>>();
  return async (key, ask) => {
    const answer = known.get(key) ?? ask();
    known.delete(key);
    known.set(key, answer);
    const [oldest] = known.keys();
    if (known.size > most && oldest !== undefined) known.delete(oldest);
    try {
      return await answer;
    } catch (error) {
      if (known.get(key) === answer) known.delete(key);
      throw error;
    }
  };
}
