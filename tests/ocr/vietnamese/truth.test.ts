import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { Line } from "../../../src/domain/reading.ts";
import { finishLines, finishWord } from "../../../src/ocr/vietnamese/finish.ts";
import { plausibility } from "../../../src/ocr/vietnamese/lexicon.ts";
import { TONE_MARKS, withTone } from "../../../src/ocr/vietnamese/letters.ts";
import { syllableKind } from "../../../src/ocr/vietnamese/syllable.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const FIXTURES = join(ROOT, "fixtures/truth");
const CORPUS = resolve(ROOT, "../shared/corpus");
const box = { x0: 0, y0: 0, x1: 1, y1: 1 };

const present = existsSync(CORPUS);
if (!present) console.log("SKIP: ../shared/corpus not found");

interface Text {
  readonly name: string;
  readonly lines: readonly Line[];
}

function textOf(path: string): Text {
  const rows = readFileSync(path, "utf8").normalize("NFC").split("\n");
  const lines = rows.map((row): Line => {
    const words = row.split(/\s+/u).filter((word) => word !== "");
    return { box, words: words.map((text) => ({ text, box, confidence: 0.3 })) };
  });
  return { name: path.slice(path.lastIndexOf("/") + 1), lines };
}

const fixtures = readdirSync(FIXTURES)
  .filter((name) => name.endsWith(".txt"))
  .map((name) => textOf(join(FIXTURES, name)));

const corpus = present
  ? ["vn-scans", "scans", "facts"].flatMap((folder) =>
      readdirSync(join(CORPUS, folder))
        .filter((name) => /_gt\.txt$|^(?:tthc|xa|tinh).*\.csv$/u.test(name))
        .map((name) => textOf(join(CORPUS, folder, name))),
    )
  : [];

const isLower = (text: string): boolean => /^\p{Ll}+$/u.test(text);

const changes = ({ lines }: Text): string[] =>
  finishLines(lines).flatMap(({ words }) =>
    words.filter(({ raw }) => raw !== undefined).map(({ text }) => text),
  );

const wordsOf = (texts: readonly Text[]): string[] =>
  texts.flatMap(({ lines }) => lines.flatMap(({ words }) => words.map(({ text }) => text)));

it("leaves every word of the fixtures' truth as it is, however unsure the reading", () => {
  expect(fixtures.length).toBeGreaterThan(20);
  expect(fixtures.flatMap(changes)).toEqual([]);
});

it("finds office papers plausible, line by line", () => {
  for (const { lines } of fixtures) {
    expect(plausibility(lines.flatMap(({ words }) => words))).toBeGreaterThan(0.95);
  }
});

it("finds a text with a sixth of its letters broken less plausible than the text itself", () => {
  for (const { lines } of fixtures) {
    const words = lines.flatMap((line) => line.words);
    const broken = words.map(({ text }, index) => ({
      text: index % 6 === 0 ? `${text}|¬${text.at(-1) ?? ""}` : text,
    }));
    expect(plausibility(broken)).toBeLessThan(plausibility(words) - 0.1);
  }
});

it("brings every word of the truth back from its combining marks, in either order", () => {
  for (const word of new Set(wordsOf(fixtures))) {
    expect(finishWord(word.normalize("NFD"))).toBe(word);
    const toneFirst = word
      .normalize("NFD")
      .replaceAll(/([\u0302\u0306\u031b])([\u0300\u0301\u0303\u0309])/gu, "$2$1");
    expect(finishWord(toneFirst)).toBe(word);
  }
});

it("brings every lower-case syllable back whose tone slipped to another vowel, or leaves a possible word", () => {
  let moved = 0;
  for (const word of new Set(wordsOf(fixtures).filter(isLower))) {
    for (const slipped of slips(word)) {
      const finished = finishWord(slipped);
      if (finished !== slipped) moved += 1;
      expect(finished === word || syllableKind(slipped) !== "misplaced", `${slipped} → ${finished}`).toBe(
        true,
      );
    }
  }
  expect(moved).toBeGreaterThan(100);
});

it("finishes whatever comes to the same when it comes again", () => {
  const alphabet = "aăâeêioôơuưyđbcghlmnpqrtvx\u0300\u0301\u0302\u0309\u0323\u0306\u031b01Ð\u043e\u00ad.-(AĐ";
  let seed = 7;
  const next = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  for (let round = 0; round < 20_000; round += 1) {
    const text = Array.from({ length: 1 + next(8) }, () => alphabet.charAt(next(alphabet.length))).join("");
    const once = finishWord(text);
    expect(finishWord(once)).toBe(once);
    expect(once).not.toBe("");
  }
});

describe.runIf(present)("real papers", () => {
  it("leaves every word of the corpus' truths, names of communes and procedures as it is", () => {
    expect(wordsOf(corpus).length).toBeGreaterThan(50_000);
    expect(corpus.flatMap(changes)).toEqual([]);
  });

  it("knows nearly every lower-case word of them for a syllable and none for an impossible one", () => {
    const words = wordsOf(corpus).filter((text) => isLower(text) && /[^a-z]/u.test(text));
    const kinds = words.map(syllableKind);
    expect(words.filter((_, index) => kinds[index] === "impossible")).toEqual([]);
    expect(kinds.filter((kind) => kind === "syllable").length / kinds.length).toBeGreaterThan(0.999);
  });
});

/** The word with its tone on each other vowel in turn. */
function slips(word: string): string[] {
  const letters = Array.from(
    word
      .normalize("NFD")
      .replaceAll(/([aeiouy])([\u0300\u0301\u0303\u0309\u0323])([\u0302\u0306\u031b])/gu, "$1$3$2")
      .normalize("NFC"),
  );
  const tones = letters.map((letter) =>
    TONE_MARKS.findIndex((mark) => mark !== "" && letter.normalize("NFD").includes(mark)),
  );
  const place = tones.findIndex((tone) => tone > 0);
  if (place === -1) return [];
  const bare = letters.map((letter, at) =>
    at === place
      ? letter
          .normalize("NFD")
          .replace(TONE_MARKS[tones[at] ?? 0] ?? "", "")
          .normalize("NFC")
      : letter,
  );
  return bare.flatMap((letter, at) => {
    const toned = withTone(letter, tones[place] ?? 0);
    return at === place || toned === letter ? [] : [bare.with(at, toned).join("")];
  });
}
