import { turned } from "../../dist/imaging/clean/rotate.js";
import { isBlank } from "../../dist/imaging/blank.js";
import { inkOf } from "../../dist/imaging/ink.js";
import { planesOf } from "../../dist/imaging/planes.js";
import { qualityOf } from "../../dist/imaging/quality.js";
import { redInkOf } from "../../dist/imaging/red-ink.js";
import { layoutOf } from "../../dist/imaging/stance.js";
import { whitenBorders } from "../../dist/imaging/whiten-borders.js";
import { workingView } from "../../dist/imaging/working-view.js";
import { createPdfTools } from "../../dist/pdf/pdf-tools.js";

const ROUNDS = 3;
const MAX_PIXELS = 60_000_000;
const PROFILE = { minDpi: 200, colour: true };

/** Milliseconds of each step of normalization for the pages of a PDF; the first round only warms up. */
export async function pageSteps(path, pages) {
  const pdf = createPdfTools();
  try {
    let times = new Map();
    for (let round = 0; round <= ROUNDS; round += 1) {
      if (round === 1) times = new Map();
      for (let index = 0; index < pages; index += 1) await onePage(await pdf.pageImage(path, index), times);
    }
    return [...times].map(([name, all]) => {
      const sorted = all.toSorted((a, b) => a - b);
      return { name, median: sorted[sorted.length >> 1], least: sorted[0], times: sorted.length };
    });
  } finally {
    await pdf.close();
  }
}

async function onePage(page, times) {
  const step = async (name, work) => {
    const started = performance.now();
    const result = await work();
    times.set(name, [...(times.get(name) ?? []), performance.now() - started]);
    return result;
  };
  const view = await step("decode to 200 dpi", () => workingView(page, undefined, MAX_PIXELS));
  const { dpi } = view;
  const planes = await step("red channel, small views", () => planesOf(view.pixels, dpi));
  await step("black borders", () => whitenBorders(planes, dpi));
  const { red, smallRed, smallDark, smallRedness, factor } = planes;
  const blank = await step("blank", () =>
    isBlank({ dark: smallDark, redness: smallRedness, dpi: dpi / factor }),
  );
  const ink = await step("ink of the small view", () => inkOf(smallRed));
  const { skewDegrees } = await step("skew and stance", () => layoutOf(ink));
  await step("quality", () => qualityOf({ ...view, blank }, planes, dpi, PROFILE));
  if (smallRedness !== undefined) await step("red ink", () => redInkOf(view.pixels, smallRedness));
  if (Math.abs(skewDegrees) > 0.2)
    await step("straighten (skewed pages)", () => turned({ ...red, channels: 1 }, -skewDegrees));
}
