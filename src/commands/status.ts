import { type State, STATES } from "../domain/outcome.ts";
import { vietnamTime } from "../domain/period.ts";
import { openLedger } from "../ledger/open-ledger.ts";
import type { Io } from "../ui/io.ts";
import { createPaint, paintState } from "../ui/paint.ts";
import { count, reasonSentence, stateWord } from "../ui/words.ts";
import { commandSettings, currentRules, type Flags } from "./workspace.ts";

/** What takes documents out of a state that waits for nothing but a command. */
const NEXT: Readonly<Partial<Record<State, string>>> = {
  unsigned: "sohoa sign",
  undelivered: "sohoa deliver",
};

/** `sohoa status`: how many documents stand where, and why those that are not clean are not. */
export async function status(io: Io, flags: Flags): Promise<number> {
  const settings = await commandSettings(io, flags);
  const { lang } = settings;
  const ledger = await openLedger({ path: settings.ledger });
  try {
    const [documents, reasons, lastRun] = [
      await ledger.countsByState(),
      await ledger.countsByReason(),
      await ledger.lastRun(),
    ];
    if (flags["json"] === true) {
      io.out(`${JSON.stringify({ type: "status", documents, reasons, lastRun: lastRun ?? null })}\n`);
      return 0;
    }
    const paint = createPaint(io.colour);
    const { skipReasons } = currentRules();
    for (const state of STATES.filter((state) => documents[state] > 0)) {
      const word = paintState(paint, state, stateWord(state, lang));
      io.out(`${count(documents[state], lang).padStart(9)}  ${word}\n`);
      const next = NEXT[state];
      if (next !== undefined) io.out(`${paint.dim(`               → ${next}`)}\n`);
      for (const item of reasons.filter((reason) => reason.state === state)) {
        const sentence = reasonSentence(item.reason, lang, skipReasons);
        io.out(`${count(item.documents, lang).padStart(13)}  ${item.reason}: ${sentence}\n`);
      }
    }
    if (Object.values(documents).every((number) => number === 0)) {
      io.out(
        lang === "vi"
          ? "Chưa có tài liệu nào; chạy sohoa run THƯ_MỤC.\n"
          : "No documents yet; sohoa run FOLDER.\n",
      );
    }
    if (lastRun !== undefined) {
      const label = lang === "vi" ? "Lần chạy cuối" : "Last run";
      const ended = lastRun.endedAt === null ? "…" : vietnamTime(lastRun.endedAt);
      const started = vietnamTime(lastRun.startedAt);
      io.out(paint.dim(`${label}: ${started} → ${ended} [${lastRun.exit ?? "?"}]\n`));
    }
    return 0;
  } finally {
    await ledger.close();
  }
}
