export type Remember<T> = (key: string, ask: () => Promise<T>) => Promise<T>;

/** Remembers the answers given last, at most `budget` heavy all together or a single one; what failed is asked anew. */
export function lastFew<T>(budget: number, weigh: (answer: T) => number): Remember<T> {
  const known = new Map<string, { readonly answer: Promise<T>; weight: number }>();
  let total = 0;

  function lighten(): void {
    for (const [key, { weight }] of known) {
      if (total <= budget || known.size === 1) return;
      known.delete(key);
      total -= weight;
    }
  }

  return async (key, ask) => {
    const before = known.get(key);
    const entry = before ?? { answer: ask(), weight: 0 };
    // Maps keep the order in which keys came: the one asked for now goes last.
    known.delete(key);
    known.set(key, entry);
    if (before !== undefined) return before.answer;
    try {
      const answer = await entry.answer;
      if (known.get(key) !== entry) return answer;
      entry.weight = weigh(answer);
      total += entry.weight;
      lighten();
      return answer;
    } catch (error) {
      if (known.get(key) === entry) known.delete(key);
      throw error;
    }
  };
}
