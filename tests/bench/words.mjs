/** Words as printed: NFC, cut at white space, punctuation kept. */
export function wordsOf(text) {
  return text.normalize("NFC").split(/\s+/u).filter(Boolean);
}

/** Share of the truth's words (with their number of times) that the text lacks: 1 − multiset recall. Order is ignored. */
export function missingWords(truth, text) {
  const left = new Map();
  for (const word of text) left.set(word, (left.get(word) ?? 0) + 1);
  let missing = 0;
  for (const word of truth) {
    const count = left.get(word) ?? 0;
    if (count === 0) missing += 1;
    else left.set(word, count - 1);
  }
  return missing / truth.length;
}

/** Word error rate: insertions, deletions and substitutions in reading order (Levenshtein over words) ÷ words of truth. */
export function wordErrorRate(truth, text) {
  let row = Array.from({ length: text.length + 1 }, (_, index) => index);
  for (const [place, wanted] of truth.entries()) {
    const next = [place + 1];
    for (const [index, word] of text.entries()) {
      const kept = row[index] + (word === wanted ? 0 : 1);
      next.push(Math.min(kept, row[index + 1] + 1, next[index] + 1));
    }
    row = next;
  }
  return row[text.length] / truth.length;
}
