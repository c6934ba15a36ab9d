/** The candidate that takes the fewest changes of one letter to become `wrong`; undefined without candidates. */
export function nearestName(wrong: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates.map((name) => ({ name, distance: editDistance(wrong, name) }));
  return ranked.toSorted((a, b) => a.distance - b.distance)[0]?.name;
}

/** Levenshtein distance without regard to case. */
export function editDistance(left: string, right: string): number {
  const from = Array.from(left.toLowerCase());
  const to = Array.from(right.toLowerCase());
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of from.entries()) {
    const next = [index + 1];
    for (const [column, other] of to.entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
