import { type WeakLine, weakLines } from "../domain/confidence.ts";
import { OperationalError } from "../domain/errors.ts";
import { parseSha256, type Sha256 } from "../domain/ids.ts";
import type { ObjectStore } from "../domain/ports.ts";
import { vietnamTime } from "../domain/period.ts";
import { type Reading, readingText } from "../domain/reading.ts";
import { openLedger } from "../ledger/open-ledger.ts";
import type { DocumentChain } from "../ledger/show.ts";
import { openObjectStore } from "../objects/store.ts";
import type { Io, Lang } from "../ui/io.ts";
import { createPaint, paintState } from "../ui/paint.ts";
import { visible } from "../ui/visible.ts";
import { reasonSentence, stateWord } from "../ui/words.ts";
import { commandSettings, currentRules, type Flags } from "./workspace.ts";

/** `sohoa show ID|CODE|FILE`: everything the ledger knows, from the place a paper was seen to the receipt. */
export async function show(io: Io, flags: Flags, [asked = ""]: readonly string[]): Promise<number> {
  const settings = await commandSettings(io, flags);
  const ledger = await openLedger({ path: settings.ledger });
  try {
    const chains = await ledger.showDocument(asked);
    if (chains.length === 0)
      throw new OperationalError(
        "usage",
        `không có tài liệu, hồ sơ hoặc tệp này / no such document, dossier or file: ${asked}`,
      );
    const objects = await openObjectStore(settings.objects);
    for (const chain of chains) {
      if (flags["text"] === true) {
        io.out(await textOf(chain, objects));
        continue;
      }
      const weak = await weakOf(chain, objects, settings.ocr.minConfidence);
      if (flags["json"] === true)
        io.out(`${JSON.stringify({ ...chain, weakLines: [...weak].flatMap(numbered) })}\n`);
      else print(chain, weak, settings.lang, io);
    }
    return 0;
  } finally {
    await ledger.close();
  }
}

/** The recognised text alone, pages separated by form feeds. Throws `damaged_object` when a reading is gone. */
async function textOf({ pageRows }: DocumentChain, objects: ObjectStore): Promise<string> {
  const texts: string[] = [];
  for (const { reading } of pageRows) {
    const hash = parseSha256(reading ?? "");
    if (hash !== undefined) texts.push(readingText(await readingAt(hash, objects)));
  }
  return `${texts.join("\n\f")}\n`;
}

/** Weak lines by page number; none where the reading has been purged. */
async function weakOf(
  { pageRows }: DocumentChain,
  objects: ObjectStore,
  threshold: number,
): Promise<WeakOfPages> {
  const weak = new Map<number, readonly WeakLine[]>();
  for (const { number, reading } of pageRows) {
    const hash = parseSha256(reading ?? "");
    if (hash !== undefined && (await objects.has(hash)))
      weak.set(number, weakLines(await readingAt(hash, objects), threshold));
  }
  return weak;
}

type WeakOfPages = ReadonlyMap<number, readonly WeakLine[]>;

async function readingAt(hash: Sha256, objects: ObjectStore): Promise<Reading> {
  return JSON.parse((await objects.read(hash)).toString()) as Reading;
}

function numbered([page, lines]: readonly [number, readonly WeakLine[]]): unknown[] {
  return lines.map(({ line, box, confidence }) => ({ page, line: line + 1, box, confidence }));
}

const MAX_WEAK = 12;

/** Numbers of the lines a person should compare with the image first, and how sure each is. */
function weakFacts(lines: readonly WeakLine[], lang: Lang): string {
  if (lines.length === 0) return "";
  const shown = lines
    .slice(0, MAX_WEAK)
    .map(({ line, confidence }) => `${line + 1} (${Math.round(confidence * 100)} %)`);
  const more = lines.length > MAX_WEAK ? ` … ${lines.length}` : "";
  return ` · ${lang === "vi" ? "dòng yếu" : "weak lines"} ${shown.join(", ")}${more}`;
}

function pageFacts(page: DocumentChain["pageRows"][number], lang: Lang): string {
  const { dpi, skew_degrees: skew, words, confidence, findings } = page;
  const unit = lang === "vi" ? "từ" : "words";
  const found = [findings, page.changes].filter((list) => list !== "[]").join(" ");
  return `${Math.round(dpi)} dpi · ${skew.toFixed(2)}° · ${words} ${unit} · ${(confidence * 100).toFixed(1)} % ${found}`;
}

function print(chain: DocumentChain, weak: WeakOfPages, lang: Lang, io: Io): void {
  const paint = createPaint(io.colour);
  const label = (vi: string, en: string): string => paint.dim((lang === "vi" ? vi : en).padEnd(14));
  const line = (vi: string, en: string, text: string): void => io.out(`  ${label(vi, en)} ${text}\n`);
  io.out(
    `${paint.bold(visible(chain.name))}  ${paintState(paint, chain.state, stateWord(chain.state, lang))}\n`,
  );
  line("tài liệu", "document", chain.id);
  line("hồ sơ", "dossier", `${chain.dossier ?? "—"} · ${chain.role} · ${chain.unit} · ${chain.officer}`);
  if (chain.reason !== null) {
    const detail = chain.detail === null || chain.detail === "" ? "" : ` (${visible(chain.detail)})`;
    const sentence = reasonSentence(chain.reason, lang, currentRules().skipReasons);
    line("lý do", "reason", `${chain.reason}: ${sentence}${detail}`);
  }
  for (const { code, from, text, verified } of chain.evidence) {
    const checked = verified ? "✓" : lang === "vi" ? "chưa đối chiếu" : "unverified";
    line("bằng chứng", "evidence", `${code} ← ${from}: ${visible(text)} ${checked}`);
  }
  origin(chain, weak, lang, line);
  for (const { signer, level, sub_filter: subFilter, verdict } of chain.signatures) {
    line("chữ ký", "signature", `${visible(signer)} · ${level} · ${subFilter} · ${verdict}`);
  }
  signedBy(chain, line);
  for (const { target, location, sha256, at } of chain.receipts) {
    line(
      "biên nhận",
      "receipt",
      `${target}\n                 ${visible(location)}\n                 ${sha256.slice(0, 12)} · ${vietnamTime(at)}`,
    );
  }
  for (const { at, state, reason } of chain.outcomes)
    line("diễn biến", "history", `${vietnamTime(at)} ${state} ${reason ?? ""}`);
}

/** Who prepared the file and who signed it, as the audit log has it: one line for each signature made here. */
function signedBy({ audit }: DocumentChain, line: PrintLine): void {
  for (const { action, actor, at, detail } of audit) {
    if (action !== "document.signed") continue;
    const { certificate, preparedBy } = JSON.parse(detail) as Readonly<Record<string, string>>;
    line("chuẩn bị", "prepared by", preparedBy ?? "—");
    line("người ký", "signed by", `${actor} · ${certificate?.slice(0, 16)} · ${vietnamTime(at)}`);
  }
}

type PrintLine = (vi: string, en: string, text: string) => void;

/** Where the paper comes from: its stack, its own papers, its files and pages. */
function origin(chain: DocumentChain, weak: WeakOfPages, lang: Lang, line: PrintLine): void {
  if (chain.stack !== null) line("tách từ", "part of", chain.stack);
  for (const { id, state, dossier } of chain.parts)
    line("giấy tờ", "paper", `${id.slice(0, 12)} · ${dossier ?? "—"} · ${state}`);
  for (const { path, sha256 } of chain.sources)
    line("nguồn", "source", `${visible(path)} ${sha256.slice(0, 12)}`);
  for (const page of chain.pageRows)
    line(
      `trang ${page.number}`,
      `page ${page.number}`,
      pageFacts(page, lang) + weakFacts(weak.get(page.number) ?? [], lang),
    );
}
