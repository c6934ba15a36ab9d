import { OperationalError } from "../domain/errors.ts";
import { parseSha256 } from "../domain/ids.ts";
import { vietnamTime } from "../domain/period.ts";
import { type Reading, readingText } from "../domain/reading.ts";
import { openLedger } from "../ledger/open-ledger.ts";
import type { DocumentChain } from "../ledger/show.ts";
import { openObjectStore } from "../objects/store.ts";
import type { Settings } from "../domain/settings.ts";
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
    for (const chain of chains) {
      if (flags["text"] === true) io.out(await textOf(chain, settings));
      else if (flags["json"] === true) io.out(`${JSON.stringify(chain)}\n`);
      else print(chain, settings.lang, io);
    }
    return 0;
  } finally {
    await ledger.close();
  }
}

/** The recognised text alone, pages separated by form feeds. */
async function textOf({ pageRows }: DocumentChain, settings: Settings): Promise<string> {
  const objects = await openObjectStore(settings.objects);
  const pages: string[] = [];
  for (const { reading } of pageRows) {
    const hash = parseSha256(reading ?? "");
    if (hash !== undefined)
      pages.push(readingText(JSON.parse((await objects.read(hash)).toString()) as Reading));
  }
  return `${pages.join("\n\f")}\n`;
}

function pageFacts(page: DocumentChain["pageRows"][number], lang: Lang): string {
  const { dpi, skew_degrees: skew, words, confidence, findings } = page;
  const unit = lang === "vi" ? "từ" : "words";
  const found = [findings, page.changes].filter((list) => list !== "[]").join(" ");
  return `${Math.round(dpi)} dpi · ${skew.toFixed(2)}° · ${words} ${unit} · ${(confidence * 100).toFixed(1)} % ${found}`;
}

function print(chain: DocumentChain, lang: Lang, io: Io): void {
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
  origin(chain, lang, line);
  for (const { signer, level, sub_filter: subFilter, verdict } of chain.signatures) {
    line("chữ ký", "signature", `${visible(signer)} · ${level} · ${subFilter} · ${verdict}`);
  }
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

type PrintLine = (vi: string, en: string, text: string) => void;

/** Where the paper comes from: its stack, its own papers, its files and pages. */
function origin(chain: DocumentChain, lang: Lang, line: PrintLine): void {
  if (chain.stack !== null) line("tách từ", "part of", chain.stack);
  for (const { id, state, dossier } of chain.parts)
    line("giấy tờ", "paper", `${id.slice(0, 12)} · ${dossier ?? "—"} · ${state}`);
  for (const { path, sha256 } of chain.sources)
    line("nguồn", "source", `${visible(path)} ${sha256.slice(0, 12)}`);
  for (const page of chain.pageRows)
    line(`trang ${page.number}`, `page ${page.number}`, pageFacts(page, lang));
}
