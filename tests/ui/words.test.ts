import { describe, expect, it } from "vitest";
import { ERRORS, OperationalError } from "../../src/domain/errors.ts";
import { STATES } from "../../src/domain/outcome.ts";
import { VN_2025_07 } from "../../src/settings/rules/vn-2025-07.ts";
import { printFailure } from "../../src/ui/failure.ts";
import type { Io } from "../../src/ui/io.ts";
import { createNdjson } from "../../src/ui/ndjson.ts";
import { createPaint, paintState } from "../../src/ui/paint.ts";
import { createProgress } from "../../src/ui/progress.ts";
import { visible } from "../../src/ui/visible.ts";
import { printSummary, type Summary } from "../../src/ui/summary.ts";
import { count, duration, reasonSentence, stateWord } from "../../src/ui/words.ts";

function screen(colour = false): Io & { readonly said: { out: string; err: string } } {
  const said = { out: "", err: "" };
  return {
    said,
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    live: false,
    colour,
    env: {},
    cwd: "/",
    ask: undefined,
  };
}

const ENDED = {
  type: "document",
  document: "a".repeat(64),
  file: "quét/001.jpg",
  dossier: null,
  reason: "no_dossier",
  detail: "",
  state: "held",
  pages: 2,
  unchanged: false,
  ms: 12,
} as const;

describe("words for people", () => {
  it("names every state in both languages", () => {
    for (const state of STATES) {
      expect(stateWord(state, "vi")).not.toBe("");
      expect(stateWord(state, "en")).not.toBe(stateWord(state, "vi"));
    }
  });

  it("gives each reason word its sentence, and a word that is none of ours back", () => {
    expect(reasonSentence("truncated", "en")).toBe(ERRORS.truncated.en);
    expect(reasonSentence("BAN_SAO", "vi")).toBe("BAN_SAO");
    expect(reasonSentence("constructor", "vi", {})).toBe("constructor");
    expect(reasonSentence("bug", "en")).toContain("sohoa");
  });

  it("gives reasons to leave a paper out the sentence of the rules", () => {
    expect(reasonSentence("BAN_SAO", "vi", VN_2025_07.skipReasons)).toContain("bản sao");
    expect(reasonSentence("superseded", "vi")).toContain("dưới mã hồ sơ");
    expect(reasonSentence("superseded", "en")).toContain("under a dossier code");
  });

  it("shows a control character in a name instead of sending it to the terminal", () => {
    expect(visible("ảnh\n\u001B[2J\u009B1\u007F.jpg")).toBe("ảnh��[2J�1�.jpg");
    const io = screen();
    const progress = createProgress(io, "vi", () => 0);
    progress.observe({ ...ENDED, file: "a\nb\u001B[31m.jpg", detail: "c\rd" });
    progress.stop();
    expect(io.said.err).toMatch(/ a�b�\[31m\.jpg no_dossier: .* \(c�d\)\n$/u);
  });

  it("writes numbers and times as the reader does", () => {
    expect([count(1234567, "vi"), count(1234567, "en"), count(12, "vi")]).toEqual([
      "1.234.567",
      "1,234,567",
      "12",
    ]);
    expect([
      duration(185, "vi"),
      duration(4800, "vi"),
      duration(4800, "en"),
      duration(Infinity, "vi"),
    ]).toEqual(["3:05", "1 giờ 20 phút", "1 h 20 min", "—"]);
  });

  it("colours only where colours are wanted", () => {
    for (const state of STATES) {
      expect(paintState(createPaint(false), state, "x")).toBe("x");
      expect(paintState(createPaint(true), state, "x")).toContain("\u001B[");
    }
  });
});

describe("messages", () => {
  it("tell a failure in the reader's language first, then in the other", () => {
    const io = screen();
    printFailure(new OperationalError("locked", "pid 1"), "vi", io);
    const { vi, en } = ERRORS.locked;
    expect(io.said.err).toBe(`locked ${vi} (pid 1)\n${en}\n`);
    expect(io.said.out).toBe("");
  });

  it("show the stack of a fault of ours", () => {
    const io = screen();
    printFailure(new TypeError("x is undefined"), "en", io);
    expect(io.said.err).toMatch(/^bug .*\nTypeError: x is undefined\n {4}at /u);
  });

  it("name each paper that waits, with reason and sentence, and say nothing of clean ones", () => {
    const io = screen();
    const progress = createProgress(io, "vi", () => 0);
    progress.observe({ ...ENDED, state: "delivered", reason: null });
    expect(io.said.err).toBe("");
    progress.observe(ENDED);
    progress.stop();
    expect(io.said.err).toBe(`chờ người xử lý quét/001.jpg no_dossier: ${ERRORS.no_dossier.vi}\n`);
  });

  it("print a line a minute where there is no terminal", () => {
    const io = screen();
    let now = 0;
    const progress = createProgress(io, "en", () => now);
    for (now = 0; now < 150_000; now += 1000) {
      progress.observe({
        type: "page",
        document: "a",
        file: "f",
        page: 1,
        confidence: 1,
        kept: false,
        ms: 1,
      });
    }
    progress.stop();
    expect(io.said.err.split("\n").filter(Boolean)).toHaveLength(2);
    expect(io.said.err).toContain("pages/min");
  });
});

describe("the end of a run", () => {
  const summary: Summary = {
    kilobytesPerPage: 152,
    documents: { delivered: 1200, held: 1 },
    pages: 3400,
    left: 2,
    warnings: { low_confidence: 3 },
    seconds: 3700,
    exit: 6,
  };

  it("says what people need: counts by state, pages, time, what is left and the exit", () => {
    const io = screen();
    printSummary(summary, "vi", io);
    expect(io.said.out).toContain("1.200  đã nộp kho\n");
    expect(io.said.out).toContain("3.400 trang, 1 giờ 2 phút, 152 KB ảnh mỗi trang, còn 2 tài liệu\n");
    expect(io.said.out).toMatch(/\n {2}\S.*: 3\n/u);
    expect(io.said.out).toMatch(/\[6\]\n$/u);
  });

  it("says to machines one object a line, the plan left out, the summary last", () => {
    const io = screen();
    const json = createNdjson(io);
    json.observe({ type: "plan", documents: 1, pending: 1 });
    json.observe(ENDED);
    json.summary(summary);
    const lines = io.said.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toEqual([ENDED, { type: "summary", ...summary }]);
  });
});
