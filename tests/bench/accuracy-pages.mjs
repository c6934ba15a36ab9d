import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { wordsOf } from "./words.mjs";
import { PROJECT } from "./workspace.mjs";

/** What a scanner writes, and what the exact texts of born-digital papers are compared with. */
const DRAWN_DPI = 300;
const POINTS_PER_INCH = 72;

/**
 * @typedef {object} TruthDocument
 * @property {string} name
 * @property {"degraded" | "corpus"} set
 * @property {(context) => Promise<object[]>} open its pages, as imaging takes them
 * @property {string[]} words the truth
 * @property {number[]} stamped numbers of the words under a stamp
 */

/** Makes the degraded set in `folder`: one document a page. @returns {Promise<TruthDocument[]>} */
export async function degradedDocuments(folder, { pages, harsh = 1 } = {}) {
  const maker = join(PROJECT, "fixtures/make/make-degraded.mjs");
  const count = pages === undefined ? [] : ["--pages", `${pages}`];
  await promisify(execFile)(process.execPath, [maker, folder, ...count, "--harsh", `${harsh}`]);
  return JSON.parse(readFileSync(join(folder, "truth.json"), "utf8")).map(
    ({ file, kind, lines, stamped }) => ({
      name: `${file}: ${kind}`,
      set: "degraded",
      open: async () => [placedFile(join(folder, file), 0)],
      words: lines.flatMap(wordsOf),
      stamped: numbersOf(lines, stamped),
    }),
  );
}

function numbersOf(lines, stamped) {
  const starts = [0];
  for (const line of lines) starts.push(starts.at(-1) + wordsOf(line).length);
  return stamped.map(([line, word]) => starts[line] + word);
}

/**
 * Real papers whose text is known, from the index of `../shared/corpus`. Of a born-digital PDF the text is exact: its
 * pages are drawn and read. Without the corpus there are none.
 * @returns {TruthDocument[]}
 */
export function corpusDocuments(say) {
  const corpus = join(PROJECT, "../shared/corpus");
  if (!existsSync(corpus)) {
    say("SKIP: ../shared/corpus not found");
    return [];
  }
  const [head, ...rows] = readFileSync(join(corpus, "INDEX.tsv"), "utf8").split("\n");
  const names = head.split("\t");
  const cell = (row, name) => row.split("\t")[names.indexOf(name)] ?? "";
  return rows.flatMap((row) => {
    const truth = cell(row, "ground_truth")
      .split(";")
      .map((name) => name.trim())
      .filter((name) => name.endsWith("_gt.txt"));
    if (truth.length === 0) return [];
    const path = join(corpus, cell(row, "path"));
    const words = truth.flatMap((name) => wordsOf(readFileSync(join(corpus, name), "utf8")));
    return [{ name: cell(row, "path"), set: "corpus", open: opener(path), words, stamped: [] }];
  });
}

function opener(path) {
  return async ({ imaging, pdf }) => {
    if (path.endsWith(".pdf")) return drawnPages(path, pdf);
    const { frames } = await imaging.probe(path);
    return Array.from({ length: frames }, (_, frame) => placedFile(path, frame));
  };
}

function placedFile(path, frame) {
  return { image: { kind: "file", path, frame }, turn: 0, how: "file" };
}

async function drawnPages(path, pdf) {
  const { pages } = await pdf.inspect(path);
  const placed = [];
  for (const index of pages.keys()) {
    const { pgm, width, height } = await pdf.draw(path, index, DRAWN_DPI);
    const bytes = Buffer.from(pgm.subarray(pgm.length - width * height));
    const points = (pixels) => (pixels / DRAWN_DPI) * POINTS_PER_INCH;
    placed.push({
      image: { kind: "raw", bytes, width, height, channels: 1 },
      paper: { widthPt: points(width), heightPt: points(height) },
      turn: 0,
      how: "rendered",
    });
  }
  return placed;
}
