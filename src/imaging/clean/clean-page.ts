import type { CleanStep, PageChange } from "../../domain/page-change.ts";
import { bordersOf } from "./borders.ts";
import { skewToRemove } from "./deskew.ts";
import { paintBorders } from "./paint-borders.ts";
import { copyOf, greyOf, type Pixels } from "./pixels.ts";
import { turned, turnedSize, type Size } from "./rotate.ts";
import { boxOfSheet, scaledEdges } from "./sheet-edges.ts";

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
  return changes.reduce((now, change) => applied(now, change, scale), page);
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

const A4_INCHES = [11.69, 8.27] as const;

type Plan = (page: Pixels, facts: CleanFacts) => readonly PageChange[];

/** The sheet first, then what lies on it; turning comes last because it blurs. */
const ORDER = ["borders", "deskew"] as const;

const PLANS: Record<(typeof ORDER)[number], Plan> = {
  borders: (page, { dpi, scale }) => {
    const edges = scaledEdges(bordersOf(greyOf(page), dpi * scale), 1 / scale);
    const size = { width: Math.round(page.width / scale), height: Math.round(page.height / scale) };
    return edges.length === 0 ? [] : [{ kind: "borders", box: boxOfSheet(edges, size), edges }];
  },
  deskew: (page) => {
    const degrees = skewToRemove(page);
    return degrees === undefined ? [] : [{ kind: "deskew", degrees }];
  },
};

function applied(page: Pixels, change: PageChange, scale: number): Pixels {
  switch (change.kind) {
    case "turn":
    case "perspective":
    case "light":
    case "holes":
    case "despeckle":
      return page;
    case "borders": {
      const painted = copyOf(page);
      paintBorders(painted, change.edges, scale);
      return painted;
    }
    case "deskew":
      return turned(page, -change.degrees);
  }
}
