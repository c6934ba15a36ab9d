/** Words as the accuracy measure counts them: NFC, split on white space, case and punctuation kept. */
export function wordsOf(text: string): string[] {
  return text.normalize("NFC").split(/\s+/u).filter(Boolean);
}

/** Σ min(count read, count in truth) ÷ words of the truth; order does not matter. */
export function wordRecall(truth: string, read: string): number {
  const left = new Map<string, number>();
  for (const word of wordsOf(read)) left.set(word, (left.get(word) ?? 0) + 1);
  const wanted = wordsOf(truth);
  let found = 0;
  for (const word of wanted) {
    const count = left.get(word) ?? 0;
    if (count > 0) found++;
    left.set(word, count - 1);
  }
  return wanted.length === 0 ? 1 : found / wanted.length;
}

/** Longest common subsequence of words ÷ words of the truth: 1 when all were read in the printed order. */
export function orderedRecall(truth: string, read: string): number {
  const [wanted, got] = [wordsOf(truth), wordsOf(read)];
  let row: number[] = Array.from({ length: got.length + 1 }, () => 0);
  for (const word of wanted) {
    const next = [0];
    for (const [at, other] of got.entries()) {
      next.push(word === other ? (row[at] ?? 0) + 1 : Math.max(row[at + 1] ?? 0, next[at] ?? 0));
    }
    row = next;
  }
  return wanted.length === 0 ? 1 : (row.at(-1) ?? 0) / wanted.length;
}
