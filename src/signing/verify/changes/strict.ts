import { isKind, type PdfDict, type PdfObject } from "../../../pdf-syntax/objects.ts";
import { type Comparison, sameBytes } from "./comparison.ts";

type Pair = readonly [PdfObject | undefined, PdfObject | undefined];

/**
 * Whether two values show the same, followed through all references but those to anchors. Objects that the later
 * revision redefined make a difference, however far below. What was found the same is not looked at again.
 */
export function same(comparison: Comparison, a: PdfObject | undefined, b: PdfObject | undefined): boolean {
  const seen: string[] = [];
  const waiting: Pair[] = [[a, b]];
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    comparison.after.budget.spend();
    const values = sameGeneration(pair) ? enter(comparison, pair, seen) : ([null, true] as const);
    if (values === undefined || sameValue(comparison, values, waiting)) continue;
    // A difference must be told by everybody who meets it, not only by the first.
    for (const key of seen) comparison.visited.delete(key);
    return false;
  }
  return true;
}

/** Readers take a reference with another generation for one to nothing; real updates write 0. */
function sameGeneration([a, b]: Pair): boolean {
  return (
    !isKind(b, "ref") ||
    b.gen === (isKind(a, "ref") ? a.gen : 0) ||
    (isKind(a, "ref") && b.gen === 0 && a.num !== b.num)
  );
}

/** The values of a pair; undefined when they were seen before or stand for themselves. */
function enter({ before, after, anchors, changed, visited }: Comparison, [a, b]: Pair, seen: string[]) {
  if (!isKind(b, "ref")) return [before.resolve(a), after.resolve(b)] as const;
  const from = isKind(a, "ref") ? a.num : undefined;
  if (from === b.num && anchors.has(b.num)) return undefined;
  const key = `${from ?? "-"}:${b.num}`;
  if (from !== undefined) {
    if (visited.has(key)) return undefined;
    visited.add(key);
    seen.push(key);
  }
  const later = after.resolve(b);
  // The same object is not read twice: its references are what may lead to a change.
  return [from === b.num && !changed.has(b.num) ? later : before.resolve(a), later] as const;
}

/** Compares one level; what lies below is put on the list. */
function sameValue(
  comparison: Comparison,
  [a, b]: readonly [PdfObject, PdfObject],
  waiting: Pair[],
): boolean {
  if (isKind(a, "array")) {
    if (!isKind(b, "array") || a.items.length !== b.items.length) return false;
    a.items.forEach((item, index) => waiting.push([item, b.items[index]]));
    return true;
  }
  if (isKind(a, "dict")) return isKind(b, "dict") && pushEntries(a, b, waiting);
  if (isKind(a, "stream")) {
    if (!isKind(b, "stream") || !pushEntries(a.dict, b.dict, waiting, "Length")) return false;
    return sameBytes(comparison.before, comparison.after, a, b);
  }
  if (isKind(a, "name")) return isKind(b, "name") && a.name === b.name;
  if (isKind(a, "string")) return isKind(b, "string") && a.bytes.equals(b.bytes);
  return a === b;
}

function pushEntries(a: PdfDict, b: PdfDict, waiting: Pair[], without?: string): true {
  for (const key of new Set([...a.entries.keys(), ...b.entries.keys()]))
    if (key !== without) waiting.push([a.entries.get(key), b.entries.get(key)]);
  return true;
}

/** Keys whose values differ. */
export function differingKeys(comparison: Comparison, a: PdfDict, b: PdfDict): readonly string[] {
  const keys = new Set([...a.entries.keys(), ...b.entries.keys()]);
  return [...keys].filter((key) => !same(comparison, a.entries.get(key), b.entries.get(key)));
}
