import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { alignWords, characterErrorRate } from "./alignment.mjs";
import { corpusDocuments, degradedDocuments } from "./accuracy-pages.mjs";
import { openReader } from "./accuracy-reader.mjs";
import { reliability } from "./calibrate-fit.mjs";
import { number, percent, printTable, verdict } from "./table.mjs";
import { missingWords } from "./words.mjs";

/** Issue 4: of the degraded set, of the words under stamps, of each real paper and of all of them, of the second look. */
const GOALS = { errors: 0.004, stamped: 0.01, least: 0.9, mean: 0.94, second: 0.15 };

/**
 * Characters and words read right, by file, of the degraded set (made anew) and of the real papers whose text is known,
 * with each engine that is there; and what the second look costs of the CPU time of recognition.
 */
export async function accuracy({ folder, engines = ["tesseractjs", "tesseract"], pages, say }) {
  const scans = join(folder, "degraded");
  await mkdir(scans, { recursive: true });
  say("accuracy: degraded pages are made");
  const documents = [...(await degradedDocuments(scans, { pages })), ...corpusDocuments(say)];
  const results = [];
  for (const engine of engines) {
    say(`accuracy: ${documents.length} files, ${engine}`);
    try {
      results.push(await readAll({ folder, engine, documents, say }));
    } catch (error) {
      say(`SKIP: ${engine}: ${reasonOf(error)}`);
    }
  }
  return results;
}

async function readAll({ folder, engine, documents, say }) {
  const reader = await openReader({ folder, engine });
  try {
    const rows = [];
    for (const document of documents) {
      const pages = await opened(document, reader.context, say);
      if (pages.length > 0) rows.push(await readDocument(document, pages, reader));
    }
    return { engine, identity: reader.identity, rows };
  } finally {
    await reader.close();
  }
}

/** Some of the papers the program refuses. */
async function opened({ name, open }, context, say) {
  try {
    return await open(context);
  } catch (error) {
    say(`SKIP: ${name}: ${reasonOf(error)}`);
    return [];
  }
}

/** Only expected failures have a code. */
function reasonOf(error) {
  if (error instanceof Error && "code" in error) return error.message;
  throw error;
}

async function readDocument({ name, set, words, stamped }, pages, { readPage }) {
  const [read, first] = [[], []];
  const cpu = { first: 0, second: 0 };
  for (const placed of pages) {
    const page = await readPage(placed);
    read.push(...page.lines);
    first.push(...page.first);
    cpu.first += page.cpu.first;
    cpu.second += page.cpu.second;
  }
  const aligned = alignWords(words, textsOf(read));
  const values = read.flatMap((line) => line.words.map(({ confidence }) => confidence));
  return {
    name,
    set,
    recall: 1 - missingWords(words, textsOf(read)),
    firstRecall: 1 - missingWords(words, textsOf(first)),
    errors: characterErrorRate(aligned),
    firstErrors: characterErrorRate(alignWords(words, textsOf(first))),
    characters: aligned.characters,
    judged: values.map((value, index) => ({ value, right: aligned.right[index], weight: 1 })),
    stamped: {
      errors: sum(stamped.map((index) => aligned.errors[index])),
      characters: sum(stamped.map((index) => [...words[index]].length + 1)),
    },
    cpu,
  };
}

const textsOf = (lines) => lines.flatMap(({ words }) => words.map(({ text }) => text.normalize("NFC")));
const sum = (values) => values.reduce((total, value) => total + value, 0);
const mean = (values) => sum(values) / Math.max(1, values.length);

export function printAccuracy(results, print) {
  for (const { identity, rows } of results) {
    print(`\n## Accuracy: ${identity}\n`);
    const header = [
      "file",
      "word recall",
      "first pass",
      "CER",
      "first pass",
      "CER under stamps",
      "CPU s first",
      "second",
    ];
    printTable(header, rows.map(rowOf), print);
    print("");
    for (const set of ["degraded", "corpus"]) printSet(set, rows, print);
  }
}

function rowOf({ name, recall, firstRecall, errors, firstErrors, stamped, cpu }) {
  return [
    name,
    number(recall, 3),
    number(firstRecall, 3),
    percent(errors),
    percent(firstErrors),
    stamped.characters > 0 ? percent(stamped.errors / stamped.characters) : "-",
    number(cpu.first, 2),
    number(cpu.second, 2),
  ];
}

function printSet(set, all, print) {
  const rows = all.filter((row) => row.set === set);
  if (rows.length === 0) return;
  const characters = sum(rows.map((row) => row.characters));
  const errors = sum(rows.map((row) => row.errors * row.characters)) / characters;
  const recalls = rows.map(({ recall }) => recall);
  const second = sum(rows.map(({ cpu }) => cpu.second)) / sum(rows.map(({ cpu }) => cpu.first + cpu.second));
  const goal = (text, value, limit, kept) =>
    print(`${set}: ${text} ${value} (goal ${limit}): ${verdict(kept)}`);
  if (set === "degraded") {
    const under = sum(rows.map((row) => row.stamped.errors)) / sum(rows.map((row) => row.stamped.characters));
    goal("CER", percent(errors), `≤ ${percent(GOALS.errors)}`, errors <= GOALS.errors);
    // A short set may have no stamps.
    if (!Number.isNaN(under))
      goal("CER under stamps", percent(under), `≤ ${percent(GOALS.stamped)}`, under <= GOALS.stamped);
  } else {
    const least = Math.min(...recalls);
    goal("word recall, least", number(least, 3), `≥ ${GOALS.least}`, least >= GOALS.least);
    goal("word recall, mean", number(mean(recalls), 3), `≥ ${GOALS.mean}`, mean(recalls) >= GOALS.mean);
    print(`${set}: CER ${percent(errors)}`);
  }
  goal("second look, share of CPU", percent(second), `≤ ${percent(GOALS.second)}`, second <= GOALS.second);
  printConfidence(set, rows, print);
}

/** What the words say of themselves after the second look, and how many are right. */
function printConfidence(set, rows, print) {
  const { bins, error } = reliability(
    rows.flatMap(({ judged }) => judged),
    ({ value }) => value,
  );
  print(`${set}: stated confidence → share of words right (expected calibration error ${percent(error)})`);
  const told = bins.filter(({ words }) => words > 0);
  print(
    told
      .map(
        ({ words, value, right }) => `${number(value / words, 2)} → ${number(right / words, 2)} (${words})`,
      )
      .join(", "),
  );
}
