import { compose } from "../compose.ts";
import type { Found } from "../intake/found.ts";
import { shownName } from "../domain/shown-name.ts";
import { planCandidate, type PlannedDocument } from "../pipeline/plan.ts";
import type { Io, Lang } from "../ui/io.ts";
import { createPaint, paintState } from "../ui/paint.ts";
import { visible } from "../ui/visible.ts";
import { count, reasonSentence, stateWord } from "../ui/words.ts";
import { commandSettings, currentRules, type Flags } from "./workspace.ts";

/** `sohoa plan INPUT...`: what a run would do, file by file. Writes nothing but hashes of files it has read. */
export async function plan(io: Io, flags: Flags, inputs: readonly string[]): Promise<number> {
  const settings = await commandSettings(io, flags);
  const parts = await compose(settings, currentRules(), io, new AbortController().signal);
  let items = 0;
  const seen = new Map<string, string>();
  let pages = 0;
  async function* planFound(found: Found): AsyncGenerator<PlannedDocument> {
    if (found.kind === "refused") {
      yield refused(found.name, found.reason, found.detail);
      return;
    }
    const { candidate } = found;
    const first = seen.get(candidate.id);
    seen.set(candidate.id, first ?? shownName(candidate));
    for await (const document of planCandidate(candidate, parts.context))
      yield first === undefined ? document : { ...document, state: "duplicate", pages: 0, detail: first };
  }
  try {
    for await (const found of parts.discover(inputs, flags)) {
      for await (const planned of planFound(found)) {
        items++;
        if (!planned.unchanged) pages += planned.pages;
        print(planned, settings.lang, flags["json"] === true, io);
      }
    }
  } finally {
    await parts.close();
  }
  if (flags["json"] !== true) {
    const total = count(items, settings.lang);
    io.out(
      settings.lang === "vi"
        ? `${total} mục, ${pages} trang phải làm\n`
        : `${total} items, ${pages} pages to do\n`,
    );
  }
  return 0;
}

function refused(file: string, reason: string, detail: string): PlannedDocument {
  const state = "failed" as const;
  return { file, document: "", state, unchanged: false, reason, detail, lane: null, pages: 0, dossier: null };
}

function print(planned: PlannedDocument, lang: Lang, json: boolean, io: Io): void {
  if (json) {
    io.out(`${JSON.stringify({ type: "document", ...planned })}\n`);
    return;
  }
  const { file, state, unchanged, reason, detail, lane, pages, dossier } = planned;
  const word = paintState(createPaint(io.colour), state, stateWord(state, lang));
  const done = unchanged ? (lang === "vi" ? " (đã xong)" : " (done)") : "";
  const unit = lang === "vi" ? "tr." : "pp.";
  const facts = [lane, pages > 0 ? `${pages} ${unit}` : null, dossier].filter((fact) => fact !== null);
  const why =
    reason === null ? "" : `\n    ${reason}: ${reasonSentence(reason, lang, currentRules().skipReasons)}`;
  const more = detail === "" ? "" : ` (${visible(detail)})`;
  io.out(`${word}${done}  ${visible(file)}  ${facts.join(" · ")}${why}${more}\n`);
}
