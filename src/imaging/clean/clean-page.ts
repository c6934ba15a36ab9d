import type { CleanStep, PageChange } from "../../domain/page-change.ts";
import { bordersOf } from "./borders.ts";
import { skewToRemove } from "./deskew.ts";
import { paintSpecks, specksOf } from "./despeckle.ts";
import { fillHoles } from "./fill-holes.ts";
import { flatSize } from "./flat-size.ts";
import { flattened } from "./flatten.ts";
import { holesOf } from "./holes.ts";
import { evenOut, isUnevenlyLit } from "./light.ts";
import { paintBorders } from "./paint-borders.ts";
import { copyOf, greyOf, thinned, type Pixels } from "./pixels.ts";
import { turned, turnedSize, type Size } from "./rotate.ts";
import { sheetCorners } from "./sheet-corners.ts";
import { boxOfSheet, scaledBox, scaledCorners, scaledEdges } from "./sheet-edges.ts";

/** What is known of the page before its pixels are judged. */
export interface CleanFacts {
  /** Of the whole page, not of the pixels at hand. */
  readonly dpi: number;
  readonly colour: boolean;
  /** Scanned in black and white. */
  readonly bilevel: boolean;
  /** Pixels at hand ÷ pixels of the whole page. */
  readonly scale: number;
}

/**
 * What the steps would do to an upright page, judged on pixels of about 200 dpi and told in pixels of the whole page, in
 * order of application. A step that is not certain gives nothing. Never throws.
 */
export function planChanges(
  page: Pixels,
  facts: CleanFacts,
  steps: readonly CleanStep[],
): readonly PageChange[] {
  const changes: PageChange[] = [];
  let now = page;
  let dpi = facts.dpi;
  let waiting: readonly PageChange[] = [];
  for (const step of ORDER.filter((name) => steps.includes(name))) {
    // What the last step found need not be done here.
    now = applyChanges(now, waiting, facts.scale);
    waiting = PLANS[step](now, { ...facts, dpi });
    dpi = dpiAfter(waiting, dpi);
    changes.push(...waiting);
  }
  return changes;
}

/**
 * The page after the changes, at any `scale` (its pixels ÷ pixels of the whole page); the given samples stay as they are.
 * Turns are skipped: the page already stands upright.
 */
export function applyChanges(page: Pixels, changes: readonly PageChange[], scale: number): Pixels {
  let now = page;
  for (const change of changes) now = applied(now, change, scale, now === page);
  return now;
}

/** Size of the whole page after the changes. */
export function sizeAfter(changes: readonly PageChange[], size: Size): Size {
  return changes.reduce<Size>((now, change) => {
    if (change.kind === "perspective") return { width: change.width, height: change.height };
    return change.kind === "deskew" ? turnedSize(now, change.degrees) : now;
  }, size);
}

/** Resolution of the whole page after the changes: a sheet cut out of a photo is taken for A4 that holds it. */
export function dpiAfter(changes: readonly PageChange[], dpi: number): number {
  return changes.reduce((now, change) => {
    if (change.kind !== "perspective") return now;
    const [long, short] = [Math.max(change.width, change.height), Math.min(change.width, change.height)];
    return Math.round(Math.max(long / A4_INCHES[0], short / A4_INCHES[1]) * 10) / 10;
  }, dpi);
}

/** Light changes slowly: every third pixel shows it. */
const THIN = 3;
const SPECK_MM = 0.25;
const A4_INCHES = [11.69, 8.27] as const;

type Plan = (page: Pixels, facts: CleanFacts) => readonly PageChange[];

/** The sheet first, then what lies on it; turning comes last because it blurs. */
const ORDER = ["photo", "borders", "holes", "despeckle", "deskew"] as const;

const PLANS: Record<(typeof ORDER)[number], Plan> = {
  photo: photoChanges,
  borders: (page, { dpi, scale }) => {
    const edges = scaledEdges(bordersOf(greyOf(page), dpi * scale), 1 / scale);
    const size = { width: Math.round(page.width / scale), height: Math.round(page.height / scale) };
    return edges.length === 0 ? [] : [{ kind: "borders", box: boxOfSheet(edges, size), edges }];
  },
  holes: (page, { dpi, scale }) => {
    const found = holesOf(page, dpi * scale);
    return found.length === 0
      ? []
      : [{ kind: "holes", boxes: found.map((box) => scaledBox(box, 1 / scale)) }];
  },
  despeckle: (page, { dpi, scale, bilevel }) => {
    const largest = Math.round((SPECK_MM / 25.4) * dpi * 10) / 10;
    const dots = bilevel ? specksOf(page, largest * scale).length : 0;
    return dots === 0 ? [] : [{ kind: "despeckle", dots, largest }];
  },
  deskew: (page) => {
    const degrees = skewToRemove(page);
    return degrees === undefined ? [] : [{ kind: "deskew", degrees }];
  },
};

/** A photo's sheet laid flat, then the light on it judged. */
function photoChanges(page: Pixels, { scale, bilevel }: CleanFacts): readonly PageChange[] {
  if (bilevel) return [];
  const changes: PageChange[] = [];
  const found = sheetCorners(greyOf(page));
  if (found !== undefined) {
    const corners = scaledCorners(found, 1 / scale);
    changes.push({ kind: "perspective", corners, ...flatSize(corners) });
  }
  if (isUnevenlyLit(applyChanges(thinned(page, THIN), changes, scale / THIN)))
    changes.push({ kind: "light" });
  return changes;
}

/** `given`: the samples are the caller's and must stay as they are. */
function applied(page: Pixels, change: PageChange, scale: number, given: boolean): Pixels {
  const painted = (paint: (own: Pixels) => void): Pixels => {
    const own = given ? copyOf(page) : page;
    paint(own);
    return own;
  };
  switch (change.kind) {
    case "turn":
      return page;
    case "perspective": {
      const { width, height } = change;
      const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
      return flattened(page, scaledCorners(change.corners, scale), size);
    }
    case "light":
      return painted(evenOut);
    case "borders":
      return painted((own) => paintBorders(own, change.edges, scale));
    case "holes":
      return painted((own) => fillHoles(own, change.boxes, scale));
    case "despeckle":
      return painted((own) => paintSpecks(own, specksOf(own, change.largest * scale)));
    case "deskew":
      return turned(page, -change.degrees);
  }
}
