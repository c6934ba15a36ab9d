import type { WaitingDocument } from "../domain/ledger-port.ts";
import { vietnamTime } from "../domain/period.ts";
import { shownName } from "../domain/shown-name.ts";
import type { Io, Lang } from "../ui/io.ts";
import { createPaint } from "../ui/paint.ts";
import { visible } from "../ui/visible.ts";
import { count, roleWord } from "../ui/words.ts";

const SHOWN = 20;
const MOST_COUNTS = 10;

export interface ListTotals {
  readonly documents: number;
  readonly pages: number;
}

/**
 * Tells what waits before anything is asked or done: the first twenty and counts by officer and dossier for people, every
 * document as one object for machines. Memory grows with the dossiers, not the documents.
 */
export async function printWaiting(
  list: AsyncIterable<WaitingDocument>,
  { heading, json, lang }: { readonly heading: string; readonly json: boolean; readonly lang: Lang },
  io: Io,
): Promise<ListTotals> {
  const [officers, dossiers] = [new Map<string, number>(), new Map<string, number>()];
  const first: WaitingDocument[] = [];
  let [documents, pages] = [0, 0];
  for await (const waiting of list) {
    documents++;
    pages += waiting.pages;
    more(officers, waiting.officer);
    more(dossiers, waiting.dossier ?? "—");
    if (json) io.out(`${JSON.stringify(waitingEvent(waiting))}\n`);
    else if (first.length < SHOWN) first.push(waiting);
  }
  if (json || documents === 0) return { documents, pages };
  const pageWord = lang === "vi" ? "trang" : "pages";
  const documentWord = lang === "vi" ? "tài liệu" : "documents";
  const total = `${count(documents, lang)} ${documentWord}, ${count(pages, lang)} ${pageWord}`;
  io.out(`${createPaint(io.colour).bold(heading)}: ${total}\n`);
  for (const waiting of first) printOne(waiting, lang, io);
  const rest = documents - first.length;
  if (rest > 0) io.out(`  … ${lang === "vi" ? "và" : "and"} ${count(rest, lang)} ${documentWord}\n`);
  printCounts(lang === "vi" ? "Người chuẩn bị" : "Prepared by", officers, lang, io);
  printCounts(lang === "vi" ? "Hồ sơ" : "Dossiers", dossiers, lang, io);
  return { documents, pages };
}

function more(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function waitingEvent(waiting: WaitingDocument): Record<string, unknown> {
  const { id, name: _name, range: _range, retriable: _retriable, ...rest } = waiting;
  return { type: "waiting", document: id, file: shownName(waiting), ...rest };
}

function printOne(waiting: WaitingDocument, lang: Lang, io: Io): void {
  const { dossier, officer, pages, role, since, title } = waiting;
  const name = visible(title === null ? shownName(waiting) : `${title} (${shownName(waiting)})`);
  const size = `${count(pages, lang)} ${lang === "vi" ? "tr." : "pp."}`;
  io.out(
    `  ${dossier ?? "—"} · ${roleWord(role, lang)} · ${name} · ${size} · ${officer} · ${vietnamTime(since)}\n`,
  );
}

function printCounts(label: string, counts: ReadonlyMap<string, number>, lang: Lang, io: Io): void {
  const sorted = [...counts].toSorted(([a, one], [b, other]) => other - one || a.localeCompare(b));
  const shown = sorted.slice(0, MOST_COUNTS).map(([key, number]) => `${key} ${count(number, lang)}`);
  const rest = sorted.length - shown.length;
  const hidden = rest > 0 ? ` … +${count(rest, lang)}` : "";
  io.out(
    createPaint(io.colour).dim(`${label} (${count(sorted.length, lang)}): ${shown.join(", ")}${hidden}\n`),
  );
}
