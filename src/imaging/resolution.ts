export interface PageSize {
  /** Pixels of the upright page. */
  readonly width: number;
  readonly height: number;
  /** Size on paper in points, when a PDF says it. */
  readonly paper?: { readonly widthPt: number; readonly heightPt: number } | undefined;
  /** Density tag of the file in dots per inch, across the upright page; `densityDown` where that is known to differ. */
  readonly density?: number | undefined;
  readonly densityDown?: number | undefined;
}

export interface Resolution {
  /** Of square pixels of the same number; the geometric mean where they are not square. */
  readonly dpi: number;
  /** The coarser of both directions (a fax of 200 × 100 has 100): what quality is judged by. */
  readonly coarsest: number;
  /** Pixels' width ÷ height on paper is 1 unless this says otherwise: dots down ÷ dots across. */
  readonly downByAcross: number;
  /** `assumed`: neither paper nor a believable tag; the page was taken for a standard sheet. */
  readonly from: "paper" | "tag" | "assumed";
}

/** ISO 216 long and short side in inches; A4 first because it wins ties. */
const SHEETS: readonly (readonly [long: number, short: number])[] = [
  [11.69, 8.27],
  [16.54, 11.69],
  [8.27, 5.83],
];
const A4 = [11.69, 8.27] as const;
const SCANNER_DPI = [100, 150, 200, 240, 300, 400, 600];
/** Programs write these when they know nothing. */
const DEFAULT_TAGS = new Set([72, 96]);

/** Resolution of a page; tags outside 70-1200 or giving a sheet no scanner takes are ignored. */
export function resolutionOf(page: PageSize): Resolution {
  if (page.paper !== undefined && page.paper.widthPt > 0 && page.paper.heightPt > 0) {
    const across = (page.width * 72) / page.paper.widthPt;
    const down = (page.height * 72) / page.paper.heightPt;
    const coarsest = round(Math.min(across, down));
    return { dpi: round(Math.sqrt(across * down)), coarsest, downByAcross: down / across, from: "paper" };
  }
  const { density, densityDown = density } = page;
  if (density !== undefined && densityDown !== undefined && isFax(density, densityDown)) {
    const dpi = round(Math.sqrt(density * densityDown));
    const coarsest = round(Math.min(density, densityDown));
    return { dpi, coarsest, downByAcross: densityDown / density, from: "tag" };
  }
  if (density !== undefined && isPlausible(page, density)) return square(density, "tag");
  return square(assumed(page), "assumed");
}

/** Pairs that fax boards write (204 × 98, 200 × 100, 204 × 391 …); anything else unequal is a wrong tag. */
function isFax(across: number, down: number): boolean {
  const [fine, coarse] = [Math.max(across, down), Math.min(across, down)];
  return fine >= 190 && fine <= 420 && coarse >= 70 && fine / coarse > 1.5 && fine / coarse < 2.2;
}

function square(dpi: number, from: Resolution["from"]): Resolution {
  return { dpi: round(dpi), coarsest: round(dpi), downByAcross: 1, from };
}

function isPlausible(page: PageSize, density: number): boolean {
  if (density < 70 || density > 1200) return false;
  const [long, short] = sides(page, density);
  if (DEFAULT_TAGS.has(density)) return SHEETS.some((sheet) => isSheet(long, short, sheet, 0.04));
  // From an identity card (3.4 x 2.1 in) to A2 (23.4 in); a 72 on a 2480-pixel page would be a poster of 48 in.
  return long <= 24 && short >= 1.2;
}

function isSheet(long: number, short: number, sheet: readonly [number, number], tolerance: number): boolean {
  return Math.abs(long / sheet[0] - 1) < tolerance && Math.abs(short / sheet[1] - 1) < tolerance;
}

/** The sheet on which a common scanner setting gives these pixels; else A4 that holds the whole image. */
function assumed(page: PageSize): number {
  for (const sheet of SHEETS) {
    const dpi = SCANNER_DPI.find((value) => isSheet(...sides(page, value), sheet, 0.015));
    if (dpi !== undefined) return dpi;
  }
  const [long, short] = sides(page, 1);
  return Math.max(long / A4[0], short / A4[1]);
}

function sides(page: PageSize, dpi: number): [long: number, short: number] {
  return [Math.max(page.width, page.height) / dpi, Math.min(page.width, page.height) / dpi];
}

function round(dpi: number): number {
  return Math.max(1, Math.round(dpi * 10) / 10);
}
