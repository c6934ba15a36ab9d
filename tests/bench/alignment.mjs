/** Runs shorter than this are found only where their neighbours lead: single words repeat all over a page. */
const SHORTEST_RUN = 2;
/** Of the characters of a piece of truth, the share that may differ for a piece of the reading far away to be the same. */
const ALIKE = 0.6;

/**
 * Lays the words of a reading beside those of the truth, whatever the order of columns and blocks: first the longest runs
 * of equal words, wherever they stand, then what is left between them, character by character.
 * @param {string[]} truth words in reading order, NFC
 * @param {string[]} read words in reading order, NFC
 * @returns `right`: for each read word whether it is a word of the truth, letter by letter; `errors`: for each word of the
 * truth the characters to be changed, added or taken away there (a missing space counts); `extra`: characters read where
 * the truth has nothing; `characters`: all characters of the truth. A word has one character more than letters: its space.
 */
export function alignWords(truth, read) {
  const mates = equalRuns(truth, read);
  const result = {
    right: read.map((_, index) => mates.ofRead[index] !== undefined),
    errors: truth.map(() => 0),
    extra: 0,
    characters: weight(truth),
  };
  for (const piece of pieces(truth, read, mates)) comparePiece(piece, truth, read, result);
  return result;
}

/** Character error rate: everything to be changed, added or taken away ÷ characters of the truth. */
export function characterErrorRate({ errors, extra, characters }) {
  return (errors.reduce((sum, count) => sum + count, 0) + extra) / Math.max(1, characters);
}

const weight = (words) => words.reduce((sum, word) => sum + [...word].length + 1, 0);

/** Greedy tiling: the longest runs of equal words that do not overlap. */
function equalRuns(truth, read) {
  const mates = { ofTruth: Array(truth.length), ofRead: Array(read.length) };
  const runs = allRuns(truth, read).toSorted((a, b) => b.length - a.length);
  while (runs.length > 0) {
    const run = runs.shift();
    const free = longestFree(run, mates);
    if (free.length < SHORTEST_RUN) continue;
    if (free.length < run.length) {
      const place = runs.findIndex(({ length }) => length < free.length);
      runs.splice(place < 0 ? runs.length : place, 0, free);
      continue;
    }
    for (let step = 0; step < run.length; step += 1) {
      mates.ofTruth[run.truth + step] = run.read + step;
      mates.ofRead[run.read + step] = run.truth + step;
    }
  }
  return mates;
}

/** Every longest run of equal words, as its starts in both texts. */
function allRuns(truth, read) {
  const places = new Map();
  read.forEach((word, index) => places.set(word, [...(places.get(word) ?? []), index]));
  const runs = [];
  truth.forEach((word, from) => {
    for (const at of places.get(word) ?? []) {
      if (from > 0 && at > 0 && truth[from - 1] === read[at - 1]) continue;
      let length = 1;
      while (from + length < truth.length && truth[from + length] === read[at + length]) length += 1;
      if (length >= SHORTEST_RUN) runs.push({ truth: from, read: at, length });
    }
  });
  return runs;
}

function longestFree(run, { ofTruth, ofRead }) {
  let best = { ...run, length: 0 };
  let length = 0;
  for (let step = 0; step < run.length; step += 1) {
    const taken = ofTruth[run.truth + step] !== undefined || ofRead[run.read + step] !== undefined;
    length = taken ? 0 : length + 1;
    if (length > best.length)
      best = { truth: run.truth + step - length + 1, read: run.read + step - length + 1, length };
  }
  return best;
}

/** What is left on both sides, put together where a matched neighbour leads from one to the other. */
function pieces(truth, read, mates) {
  const here = gaps(mates.ofTruth);
  const there = gaps(mates.ofRead);
  const groups = there.map((gap) => ({ truth: [], read: [gap] }));
  const alone = [];
  for (const gap of here) {
    const before = mates.ofTruth[gap.from - 1];
    const after = mates.ofTruth[gap.to];
    const near = groups.filter(({ read: [{ from }], read: all }) => {
      const { to } = all.at(-1);
      return (
        (before !== undefined && covers(all, before + 1, "from")) ||
        (after !== undefined && covers(all, after, "to")) ||
        (before === undefined && from === 0) ||
        (after === undefined && to === read.length)
      );
    });
    if (near.length === 0) alone.push(gap);
    else join(groups, near, gap);
  }
  for (const gap of alone) place(gap, groups, truth, read);
  return groups;
}

const covers = (gapsOfRead, at, side) => gapsOfRead.some((gap) => gap[side] === at);

function gaps(mateOf) {
  const found = [];
  for (let index = 0; index < mateOf.length; index += 1) {
    if (mateOf[index] !== undefined) continue;
    if (found.at(-1)?.to === index) found.at(-1).to = index + 1;
    else found.push({ from: index, to: index + 1 });
  }
  return found;
}

function join(groups, near, gap) {
  const [first, ...others] = near;
  first.truth.push(gap);
  for (const other of others) {
    first.truth.push(...other.truth);
    first.read.push(...other.read);
    groups.splice(groups.indexOf(other), 1);
  }
}

/** A piece whose neighbours lead nowhere may stand anywhere: beside the likest piece nobody has claimed. */
function place(gap, groups, truth, read) {
  const wanted = textOf(truth, [gap]);
  const free = groups
    .filter((group) => group.truth.length === 0)
    .map((group) => ({ group, share: distance(wanted, textOf(read, group.read)) / wanted.length }))
    .toSorted((a, b) => a.share - b.share);
  if (free.length > 0 && free[0].share < ALIKE) free[0].group.truth.push(gap);
  else groups.push({ truth: [gap], read: [] });
}

const wordsOfGaps = (parts) =>
  parts
    .toSorted((a, b) => a.from - b.from)
    .flatMap(({ from, to }) => Array.from({ length: to - from }, (_, step) => from + step));

const textOf = (words, parts) => [
  ...wordsOfGaps(parts)
    .map((index) => `${words[index]} `)
    .join(""),
];

function distance(wanted, got) {
  return steps(wanted, got).filter((step) => step.cost > 0).length;
}

function comparePiece(piece, truth, read, result) {
  const [wantedWords, gotWords] = [wordsOfGaps(piece.truth), wordsOfGaps(piece.read)];
  if (wantedWords.length === 0) {
    result.extra += weight(gotWords.map((index) => read[index]));
    return;
  }
  const [wantedOf, gotOf] = [ownersOf(truth, wantedWords), ownersOf(read, gotWords)];
  const same = new Map();
  let last = wantedWords[0];
  for (const { wanted, got, cost } of steps(textOf(truth, piece.truth), textOf(read, piece.read))) {
    if (wanted !== undefined) last = wantedOf[wanted];
    result.errors[last] += cost;
    if (cost === 0) {
      const key = `${gotOf[got]} ${last}`;
      same.set(key, (same.get(key) ?? 0) + 1);
    }
  }
  for (const [key, count] of same) {
    const [got, wanted] = key.split(" ").map(Number);
    if (read[got] === truth[wanted] && count === [...read[got]].length + 1) result.right[got] = true;
  }
}

/** For each character of the joined words, the word it belongs to; a word's space is its own. */
function ownersOf(words, indexes) {
  return indexes.flatMap((index) => Array([...words[index]].length + 1).fill(index));
}

/** Cheapest way from one text to the other (Levenshtein), step by step: positions in both, cost 0 or 1. */
function steps(wanted, got) {
  const width = got.length + 1;
  const cost = new Uint32Array((wanted.length + 1) * width);
  for (let x = 1; x < width; x += 1) cost[x] = x;
  for (let y = 1; y <= wanted.length; y += 1) {
    cost[y * width] = y;
    for (let x = 1; x < width; x += 1) {
      const change = cost[(y - 1) * width + x - 1] + (wanted[y - 1] === got[x - 1] ? 0 : 1);
      cost[y * width + x] = Math.min(change, cost[(y - 1) * width + x] + 1, cost[y * width + x - 1] + 1);
    }
  }
  const path = [];
  let [y, x] = [wanted.length, got.length];
  while (y > 0 || x > 0) {
    const here = cost[y * width + x];
    const step = y > 0 && x > 0 ? (wanted[y - 1] === got[x - 1] ? 0 : 1) : 2;
    if (step < 2 && cost[(y - 1) * width + x - 1] + step === here)
      path.push({ wanted: --y, got: --x, cost: step });
    else if (y > 0 && cost[(y - 1) * width + x] + 1 === here) path.push({ wanted: --y, cost: 1 });
    else path.push({ got: --x, cost: 1 });
  }
  return path.toReversed();
}
