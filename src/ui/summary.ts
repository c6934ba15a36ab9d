import { type State, STATES } from "../domain/outcome.ts";
import type { Io, Lang } from "./io.ts";
import { createPaint, paintState } from "./paint.ts";
import { count, duration, exitSentence, findingWord, stateWord } from "./words.ts";

export interface Summary {
  readonly documents: Readonly<Partial<Record<State, number>>>;
  /** Pages of the documents that were worked on in this run. */
  readonly pages: number;
  /** Kilobytes of image a page of the PDFs made and delivered in this run; null when none was. */
  readonly kilobytesPerPage: number | null;
  readonly left: number;
  /** Page findings of the documents worked on, by kind: how many pages. */
  readonly warnings: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly exit: number;
}

/** The end of a run for people: how many documents ended how, and what to do next. */
export function printSummary(summary: Summary, lang: Lang, io: Io): void {
  const paint = createPaint(io.colour);
  const { documents, pages, left, seconds, exit, warnings } = summary;
  for (const state of STATES) {
    const number = documents[state] ?? 0;
    if (number > 0)
      io.out(`${count(number, lang).padStart(7)}  ${paintState(paint, state, stateWord(state, lang))}\n`);
  }
  const time = duration(seconds, lang);
  io.out(lang === "vi" ? `${count(pages, lang)} trang, ${time}` : `${count(pages, lang)} pages, ${time}`);
  const { kilobytesPerPage } = summary;
  if (kilobytesPerPage !== null)
    io.out(`, ${count(kilobytesPerPage, lang)} ${lang === "vi" ? "KB ảnh mỗi trang" : "KB of image a page"}`);
  if (left > 0)
    io.out(lang === "vi" ? `, còn ${count(left, lang)} tài liệu` : `, ${count(left, lang)} documents left`);
  for (const [reason, number] of Object.entries(warnings)) {
    io.out(`\n${paint.dim(`  ${findingWord(reason, lang)}: ${count(number, lang)}`)}`);
  }
  const sentence = exitSentence(exit, lang);
  io.out(`\n${exit === 0 ? paint.good(sentence) : paint.warn(sentence)} [${exit}]\n`);
}
