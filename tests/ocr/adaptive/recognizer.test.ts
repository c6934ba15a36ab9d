import { expect, it } from "vitest";
import { OperationalError } from "../../../src/domain/errors.ts";
import type { OcrEngine, PreparedPage } from "../../../src/domain/page-ports.ts";
import type { Line } from "../../../src/domain/reading.ts";
import { calibrateLines } from "../../../src/ocr/confidence/calibrate.ts";
import { createRecognizer } from "../../../src/ocr/recognizer.ts";

const never = new AbortController().signal;

function pageWith(dpi: number, ink: readonly (readonly [x: number, y: number, w: number, h: number])[]) {
  const [width, height] = [400, 300];
  const samples = Buffer.alloc(width * height, 250);
  for (const [x, y, w, h] of ink)
    for (let row = y; row < y + h; row++) samples.fill(10, row * width + x, row * width + x + w);
  const pgm = Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), samples]);
  return { pgm, width, height, dpi, scale: 1, skewDegrees: 0 } satisfies PreparedPage;
}

const at = { x0: 50, y0: 100, x1: 120, y1: 130 };
const FIRST: Line[] = [{ box: at, words: [{ text: "khâu", box: at, confidence: 0.95 }] }];
/** Has ink above its word. */
const CUT = pageWith(200, [
  [50, 100, 70, 30],
  [80, 90, 10, 5],
]);

function engineOf(read: OcrEngine["read"]): OcrEngine {
  return { identity: "fake 1", read, close: async () => undefined };
}

it.each(["page_timeout", "engine_died"] as const)(
  "keeps the first reading when a look ends in %s",
  async (code) => {
    const engine = engineOf(() => Promise.reject(new OperationalError(code, "")));
    expect(await createRecognizer(engine).refine({ prepared: CUT }, FIRST, never)).toEqual(
      calibrateLines(FIRST, "fake 1"),
    );
  },
);

it("does not hide that the run was stopped, nor that something is broken", async () => {
  const engine = engineOf(async (_, signal) => {
    signal.throwIfAborted();
    return [];
  });
  const stopped = AbortSignal.abort(new Error("stopped"));
  await expect(createRecognizer(engine).refine({ prepared: CUT }, FIRST, stopped)).rejects.toThrow("stopped");
  const broken = engineOf(() => Promise.reject(new TypeError("bug")));
  await expect(createRecognizer(broken).refine({ prepared: CUT }, FIRST, never)).rejects.toThrow("bug");
});

it("looks only once when told so, and says so in what readings are kept by", async () => {
  const engine = engineOf(() => Promise.reject(new Error("looked again")));
  const once = createRecognizer(engine, { secondLook: false });
  expect(await once.refine({ prepared: CUT }, FIRST, never)).toEqual(calibrateLines(FIRST, "fake 1"));
  expect(once.identity).not.toBe(createRecognizer(engine).identity);
  expect(once.identity).toContain("fake 1");
});

it("reads a coarse page enlarged and gives boxes in pixels of the page", async () => {
  const seen: PreparedPage[] = [];
  const recognizer = createRecognizer(
    engineOf(async (view) => {
      seen.push(view);
      return FIRST;
    }),
  );
  const coarse = pageWith(65, []);
  const [line] = await recognizer.read(coarse, never);
  expect(seen.map(({ width, height, dpi }) => [width, height, dpi])).toEqual([[800, 600, 130]]);
  expect(line?.box).toEqual({ x0: 25, y0: 50, x1: 60, y1: 65 });
  await recognizer.read(CUT, never);
  expect(seen[1]).toBe(CUT);
});

it("finds nothing in nothing", async () => {
  const recognizer = createRecognizer(engineOf(async () => []));
  expect(await recognizer.refine({ prepared: pageWith(200, []) }, [], never)).toEqual([]);
  const empty = { ...pageWith(200, []), pgm: Buffer.from("P5\n0 0\n255\n"), width: 0, height: 0 };
  expect(await recognizer.refine({ prepared: empty }, [], never)).toEqual([]);
});

it("looks again at a coarse page as it was read: enlarged", async () => {
  const seen: number[] = [];
  const engine = engineOf(async (view) => {
    seen.push(view.dpi);
    const { width, height } = view;
    const box = { x0: 20, y0: height / 2 - 10, x1: width - 20, y1: height / 2 + 10 };
    return [{ box, words: [{ text: "khẩu", box, confidence: 0.96 }] }];
  });
  const [line] = await createRecognizer(engine).refine({ prepared: { ...CUT, dpi: 65 } }, FIRST, never);
  expect(seen).toEqual([130]);
  expect(line).toMatchObject({ look: "upper marks", box: at, words: [{ text: "khẩu", box: at }] });
});
