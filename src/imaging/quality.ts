import type { PageFinding } from "../domain/document.ts";
import type { ScanProfile } from "../domain/rules.ts";
import { cutSides } from "./cut-edge.ts";
import { percentile } from "./clean/pixels.ts";
import type { Planes } from "./planes.ts";
import type { Resolution } from "./resolution.ts";
import { strokesOf } from "./strokes.ts";

/** A page cut or cropped by a few pixels is not a bad scan. */
const DPI_TOLERANCE = 0.98;
/** Seven tenths of a scan are paper; the darkest real one (a phone photo) is at 166, books at 190, scans at 230-255. */
const PAPER_SHARE = 0.7;
const NEAR_BLACK = 80;
/** On darker paper edges are a picture's. */
const BRIGHT_PAPER = 140;
/** Edges of some ten words. */
const ENOUGH_EDGES = 300;
/** Real pages reach 0.41-1; text blurred by 0.25 mm falls below, and Tesseract begins to misread it. */
const BLURRED = 0.29;
/** Real pages reach 116-255 grey levels from paper to ink. */
const PALE = 70;
/** One line cut through leaves a dozen pieces, five lines cut at their ends five; real pages have 0-2. */
const CUT_PIECES = 5;

export interface ScannedPage {
  readonly resolution: Resolution;
  readonly colour: boolean;
  readonly blank: boolean;
}

/** Whether next to nothing of the sheet can be seen: fed with the lid open, or no light. */
export function isNearBlack({ smallRed }: Planes): boolean {
  return percentile(smallRed, PAPER_SHARE) < NEAR_BLACK;
}

/** What people should know of a page as it was scanned (TT 01/2023 art. 8, NĐ 30/2020 annex I); about 4 ms. */
export function qualityOf(
  page: ScannedPage,
  planes: Planes,
  dpi: number,
  profile: ScanProfile,
): PageFinding[] {
  const { resolution, colour, blank } = page;
  const findings: PageFinding[] = [];
  if (resolution.from === "assumed") findings.push("no_resolution");
  if (resolution.coarsest < profile.minDpi * DPI_TOLERANCE) findings.push("low_resolution");
  if (profile.colour && !colour) findings.push("not_colour");
  if (blank) findings.push("blank");
  else findings.push(...legibilityOf(planes, dpi));
  return findings;
}

/** Judged on the red channel: a seal set across the edges of a paper's pages is cut on purpose. */
function legibilityOf({ red, smallRed, factor }: Planes, dpi: number): PageFinding[] {
  const paper = percentile(smallRed, PAPER_SHARE);
  if (paper < NEAR_BLACK) return ["too_dark"];
  const findings: PageFinding[] = [];
  if (paper >= BRIGHT_PAPER && Object.values(cutSides(smallRed, dpi / factor)).some((n) => n >= CUT_PIECES))
    findings.push("cut_edge");
  const strokes = strokesOf(red);
  if (strokes.count < ENOUGH_EDGES) return findings;
  if (strokes.sharpness < BLURRED) findings.push("blurred");
  if (strokes.contrast < PALE && paper >= BRIGHT_PAPER) findings.push("washed_out");
  return findings;
}
