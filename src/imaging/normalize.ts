import type { CleanStep, PageChange } from "../domain/page-change.ts";
import type { NormalizedPage, PlacedImage, PreparedPage } from "../domain/page-ports.ts";
import type { ScanProfile } from "../domain/rules.ts";
import { isBlank } from "./blank.ts";
import { applyChanges, dpiAfter, planChanges, sizeAfter } from "./clean/clean-page.ts";
import { turned } from "./clean/rotate.ts";
import { decoding, withSource, type Source } from "./decode.ts";
import { inkOf } from "./ink.ts";
import { emptyPgm, planesOf, type PgmPlane } from "./planes.ts";
import { isNearBlack, qualityOf } from "./quality.ts";
import { redInkOf } from "./red-ink.ts";
import { layoutOf, type Layout } from "./stance.ts";
import { whitenBorders } from "./whiten-borders.ts";
import { workingView, type WorkingView } from "./working-view.ts";

export interface NormalizeOptions {
  readonly maxPixels: number;
  readonly profile: ScanProfile;
  /** What may be done to the page's own image; nothing when absent. */
  readonly clean?: readonly CleanStep[];
}

/** Below this, turning the page costs more sharpness than it gives. */
const MIN_SKEW = 0.2;
const NOTHING_TO_READ: Layout = { stance: { turn: 0, confidence: 0 }, skewDegrees: 0 };

/** Decodes a page once, finds its resolution, quality, stance and skew, and prepares the red channel for OCR. */
export async function normalizePage(page: PlacedImage, options: NormalizeOptions): Promise<NormalizedPage> {
  const work = (source?: Source) =>
    decoding(source ?? "raw", async () =>
      normalizeView(await workingView(page, source, options.maxPixels), options),
    );
  return page.image.kind === "raw" ? work() : withSource(page.image, work);
}

/** All that is to be known of a page once its pixels are at hand. */
function normalizeView(scanned: WorkingView, { profile, clean = [] }: NormalizeOptions): NormalizedPage {
  const { view, changes } = cleaned(scanned, clean);
  const { width, height, colour, resolution, dpi } = view;
  const planes = planesOf(view.pixels, dpi);
  whitenBorders(planes, dpi);
  const small = { dark: planes.smallDark, redness: planes.smallRedness, dpi: dpi / planes.factor };
  const blank = !isNearBlack(planes) && isBlank(small);
  const layout = blank ? NOTHING_TO_READ : layoutOf(inkOf(planes.smallRed));
  const skewDegrees = Math.abs(layout.skewDegrees) > MIN_SKEW ? layout.skewDegrees : 0;
  const findings = qualityOf({ resolution, colour, blank }, planes, dpi, profile);
  const { stance } = layout;
  const base = { width, height, dpi: resolution.dpi, colour, blank, skewDegrees, findings, stance, changes };
  if (blank) return base;
  const preparation = { dpi, scale: view.scale, skewDegrees };
  const prepared = prepare(planes.red, preparation);
  const { smallRedness } = planes;
  const redInk = smallRedness === undefined ? undefined : redInkOf(view.pixels, smallRedness);
  return redInk === undefined
    ? { ...base, prepared }
    : { ...base, prepared, redInk: prepare(redInk, preparation) };
}

/** The view after the clean-up steps, with what they did to the page. */
function cleaned(
  view: WorkingView,
  steps: readonly CleanStep[],
): { readonly view: WorkingView; readonly changes: readonly PageChange[] } {
  // Changes are told in pixels of the source, which are square for all but faxes.
  if (steps.length === 0 || view.flat) return { view, changes: [] };
  const { pixels, resolution, colour, bilevel, scale } = view;
  const changes = planChanges(pixels, { dpi: resolution.dpi, colour, bilevel, scale }, steps);
  if (changes.length === 0) return { view, changes };
  const after = {
    ...view,
    ...sizeAfter(changes, view),
    pixels: applyChanges(pixels, changes, scale),
    resolution: { ...resolution, dpi: dpiAfter(changes, resolution.dpi) },
  };
  return { view: after, changes };
}

function prepare(
  plane: PgmPlane,
  preparation: Pick<PreparedPage, "dpi" | "scale" | "skewDegrees">,
): PreparedPage {
  const { pgm, data, width, height } = plane;
  if (preparation.skewDegrees === 0) return { pgm, width, height, ...preparation };
  const straight = turned({ data, width, height, channels: 1 }, -preparation.skewDegrees);
  const page = emptyPgm(straight.width, straight.height);
  straight.data.copy(page.data);
  return { pgm: page.pgm, width: straight.width, height: straight.height, ...preparation };
}
