/**
 * `node tests/bench/calibrate.mjs [--engine tesseract]`: how often words are right, by the number the engine gives them
 * and by their look; the table for src/ocr/confidence/tables.ts, and how well such a table does on documents it was not
 * made from. Reads the degraded set, the same worn 2.5 times as much, and the real papers whose text is known as they are
 * and worn in three ways (92 pages, some minutes).
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { noiseTable, seeded } from "../../fixtures/make/random.mjs";
import { finishLines } from "../../dist/ocr/vietnamese/finish.js";
import { wordKind } from "../../dist/ocr/confidence/word-kind.js";
import { corpusDocuments, degradedDocuments } from "./accuracy-pages.mjs";
import { openReader } from "./accuracy-reader.mjs";
import { alignWords } from "./alignment.mjs";
import { crossValidated, fitTable, reliability, separation, STATED } from "./calibrate-fit.mjs";
import { number, percent, printTable } from "./table.mjs";

const HARSH = 2.5;
/** Papers this coarse are near the limit as they are. */
const COARSE_DPI = 100;
const WEARS = {
  "as they are": (view) => view,
  blurred: (view) => worn(view, (image) => image.blur(view.dpi < COARSE_DPI ? 0.7 : 1.6)),
  small: (view) => shrunk(view, view.dpi < COARSE_DPI ? 0.85 : 0.55),
  noisy: (view) => noisy(view, view.dpi < COARSE_DPI ? 18 : 45),
};

const { values } = parseArgs({ options: { engine: { type: "string", default: "tesseract" } } });
const say = (text) => process.stderr.write(`${text}\n`);
const print = (text) => process.stdout.write(`${text}\n`);
const folder = await mkdtemp(join(tmpdir(), "sohoa-calibrate-"));
try {
  const reader = await openReader({ folder, engine: values.engine });
  try {
    printReport(reader.identity, weighted(await readWords(reader)));
  } finally {
    await reader.close();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function readWords(reader) {
  const asTheyAre = Object.entries(WEARS).slice(0, 1);
  const sets = [
    { set: "degraded", documents: await degradedDocuments(join(folder, "degraded")), wears: asTheyAre },
    {
      set: `degraded × ${HARSH}`,
      documents: await degradedDocuments(join(folder, "harsh"), { harsh: HARSH }),
      wears: asTheyAre,
    },
    { set: "real", documents: corpusDocuments(say), wears: Object.entries(WEARS) },
  ];
  const words = [];
  for (const { set, documents, wears } of sets) {
    for (const document of documents) words.push(...(await readDocument(set, wears, document, reader)));
    say(`${set}: ${words.length} words so far`);
  }
  return words;
}

/** The first pass and the Vietnamese finish: what the table is asked about are the engine's own numbers. */
async function readDocument(set, wears, { name, open, words: truth }, { context, readFirst, readView }) {
  // Some of the papers the program refuses.
  const placed = await open(context).catch(() => []);
  const pages = [];
  for (const each of placed) pages.push(await readFirst(each));
  const words = [];
  for (const [wearName, wear] of wears) {
    const lines = [];
    for (const { page, lines: first } of pages.filter(({ page }) => page.prepared !== undefined)) {
      const view = await wear(page.prepared);
      lines.push(...(view === page.prepared ? first : await readView(view)));
    }
    // The same paper worn otherwise is no other paper.
    const of = { set: `${set}, ${wearName}`, document: name.replace("_v4_rotated", "") };
    words.push(...judged(lines, truth, of));
  }
  return words;
}

function judged(lines, truth, of) {
  const given = finishLines(lines).flatMap((line) => line.words);
  const texts = given.map(({ text }) => text);
  const { right } = alignWords(truth, texts);
  return given.map(({ text, confidence }, index) => ({
    ...of,
    kind: wordKind(text),
    stated: confidence,
    right: right[index],
  }));
}

/** Made and real pages count alike. */
function weighted(words) {
  const made = words.filter(({ set }) => set.startsWith("degraded")).length;
  const weightOfMade = made === words.length ? 1 : (words.length - made) / made;
  return words.map((word) => ({ ...word, weight: word.set.startsWith("degraded") ? weightOfMade : 1 }));
}

function worn({ width, height, pgm, ...view }, change) {
  const input = pgm.subarray(pgm.length - width * height);
  return pixelsOf(change(sharp(input, { raw: { width, height, channels: 1 } })), view);
}

async function pixelsOf(image, view) {
  const { data, info } = await image.toColourspace("b-w").raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return { ...view, width, height, pgm: Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), data]) };
}

async function shrunk(view, factor) {
  const [width, height] = [Math.round(view.width * factor), Math.round(view.height * factor)];
  const small = await worn(view, (image) => image.resize({ width, height, fit: "fill" }));
  return { ...small, dpi: view.dpi * factor };
}

async function noisy(view, deviation) {
  const random = seeded(`${view.width} × ${view.height}`);
  const table = noiseTable(random, deviation);
  const pgm = Buffer.from(view.pgm);
  for (let at = pgm.length - view.width * view.height; at < pgm.length; at += 1) {
    pgm[at] = Math.max(0, Math.min(255, pgm[at] + table[Math.floor(random() * table.length)]));
  }
  return { ...view, pgm };
}

function printReport(identity, words) {
  const held = crossValidated(words);
  print(`${identity}: ${words.length} words\n`);
  const sets = ["all", ...new Set(words.map(({ set }) => set))];
  const rows = sets.map((set) => {
    const own = (word) => set === "all" || word.set === set;
    const [before, after] = [words.filter(own), held.filter(own)];
    const [stated, value] = [(word) => word.stated, (word) => word.value];
    const right = before.filter((word) => word.right).length / before.length;
    return [
      set,
      percent(right),
      ...[reliability(before, stated), reliability(after, value)].map(({ error }) => percent(error)),
      ...[separation(before, stated), separation(after, value)].map((area) => number(area, 3)),
    ];
  });
  const header = ["set", "right", "error as stated", "calibrated", "separation as stated", "calibrated"];
  printTable(header, rows, print);
  print("\nStated confidence and share right, on documents the table was not made from:\n");
  const { bins } = reliability(held, (word) => word.value);
  printTable(["stated", "words", "mean stated", "right"], bins.flatMap(binRow), print);
  print(`\nSTATED = [${STATED.join(", ")}]`);
  for (const [kind, rights] of Object.entries(fitTable(words)))
    print(`${kind}: [${rights.map((right) => Number(right.toFixed(3))).join(", ")}],`);
}

function binRow({ words, weight, value, right }, bin) {
  if (words === 0) return [];
  return [[`${bin / 10}-${(bin + 1) / 10}`, words, number(value / weight, 3), number(right / weight, 3)]];
}
