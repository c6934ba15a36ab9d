/** The engine's numbers at which a table has a point; words are dense near the top, where most of the truth is decided. */
export const STATED = [0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.935, 0.95, 0.96, 0.967, 1];
export const KINDS = ["common", "possible", "neutral", "garbage"];

/** So many words as all kinds together would give are added to each point of a kind: few words prove little. */
const PRIOR_WORDS = 3;
const FOLDS = 6;
const BINS = 10;

/**
 * A table of the share right by kind and by the engine's number: words go to the nearest point, then isotonic regression
 * (pooled adjacent violators) makes each kind's row rise.
 * @param {{ kind: string, stated: number, right: boolean, weight: number }[]} words
 */
export function fitTable(words) {
  const pooled = rising(tally(words, () => ({ right: 0.5, weight: 1 })));
  return Object.fromEntries(
    KINDS.map((kind) => {
      const own = words.filter((word) => word.kind === kind);
      const prior = (point) => ({ right: PRIOR_WORDS * pooled[point], weight: PRIOR_WORDS });
      return [kind, rising(tally(own, prior))];
    }),
  );
}

function tally(words, prior) {
  const points = STATED.map((_, point) => prior(point));
  for (const { stated, right, weight } of words) {
    const point = points[nearest(stated)];
    point.weight += weight;
    if (right) point.right += weight;
  }
  return points;
}

function nearest(stated) {
  const distances = STATED.map((point) => Math.abs(point - stated));
  return distances.indexOf(Math.min(...distances));
}

function rising(points) {
  const blocks = [];
  for (const { right, weight } of points) {
    blocks.push({ right, weight, points: 1 });
    while (blocks.length > 1 && share(blocks.at(-2)) > share(blocks.at(-1))) {
      const last = blocks.pop();
      const before = blocks.at(-1);
      for (const name of ["right", "weight", "points"]) before[name] += last[name];
    }
  }
  return blocks.flatMap((block) => Array(block.points).fill(share(block)));
}

const share = ({ right, weight }) => right / weight;

/** The table's value for a word, on straight lines between its points. */
export function valueOf(table, { kind, stated }) {
  const above = STATED.findIndex((point) => point >= stated);
  if (above <= 0) return table[kind].at(above === 0 ? 0 : -1);
  const [from, to, low, high] = [
    STATED[above - 1],
    STATED[above],
    table[kind][above - 1],
    table[kind][above],
  ];
  return low + ((high - low) * (stated - from)) / (to - from);
}

/** Each word with the value of a table made without any word of its document. */
export function crossValidated(words) {
  const documents = [...new Set(words.map(({ document }) => document))].toSorted((a, b) => (a < b ? -1 : 1));
  return Array.from({ length: FOLDS }, (_, fold) => {
    const held = new Set(documents.filter((_, index) => index % FOLDS === fold));
    const table = fitTable(words.filter(({ document }) => !held.has(document)));
    return words
      .filter(({ document }) => held.has(document))
      .map((word) => ({ ...word, value: valueOf(table, word) }));
  }).flat();
}

/** How far numbers are from the truth: `error` (expected calibration error, 10 bins) and `brier`, both weighted; by bin. */
export function reliability(words, valueOfWord) {
  const bins = Array.from({ length: BINS }, () => ({ words: 0, weight: 0, value: 0, right: 0 }));
  let brier = 0;
  for (const word of words) {
    const value = valueOfWord(word);
    const bin = bins[Math.min(BINS - 1, Math.floor(value * BINS))];
    bin.words += 1;
    bin.weight += word.weight;
    bin.value += value * word.weight;
    bin.right += word.right ? word.weight : 0;
    brier += word.weight * (value - (word.right ? 1 : 0)) ** 2;
  }
  const all = bins.reduce((sum, { weight }) => sum + weight, 0);
  const error = bins.reduce((sum, { value, right }) => sum + Math.abs(value - right), 0) / all;
  return { error, brier: brier / all, bins };
}

/** Chance that of two words, one right and one wrong, the right one has the higher number (area under the ROC curve). */
export function separation(words, valueOfWord) {
  const values = words
    .map((word) => ({ value: valueOfWord(word), ...word }))
    .toSorted((a, b) => a.value - b.value);
  let [wrongBelow, pairs, rights, wrongs] = [0, 0, 0, 0];
  for (let from = 0; from < values.length;) {
    let [right, wrong, to] = [0, 0, from];
    for (; to < values.length && values[to].value === values[from].value; to += 1) {
      if (values[to].right) right += values[to].weight;
      else wrong += values[to].weight;
    }
    pairs += right * (wrongBelow + wrong / 2);
    wrongBelow += wrong;
    rights += right;
    wrongs += wrong;
    from = to;
  }
  return pairs / (rights * wrongs);
}
