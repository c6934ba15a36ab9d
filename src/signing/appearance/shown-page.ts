import type { PageArea } from "../../domain/ports.ts";
import type { PageBox } from "../append/pdf-layout.ts";

/** x0, y0, x1, y1 with x0 ≤ x1 and y0 ≤ y1. */
export type Rect = readonly [number, number, number, number];

/** The page as people see it: upright, in points, origin bottom left. */
export interface ShownPage {
  readonly width: number;
  readonly height: number;
  /** From user space (a widget's /Rect) to the page as shown. */
  fromUser(rect: Rect): Rect;
  /** From the page as shown to user space, in ten-thousandths of a unit. */
  toUser(rect: Rect): Rect;
  /** From shares of the page, counted from its top left corner. */
  fromArea(area: PageArea): Rect;
  /** Operands 1 to 4 of the form's /Matrix that stands a picture upright on a page shown turned clockwise. */
  readonly turn: string;
}

const TURNS: Readonly<Record<PageBox["rotate"], string>> = {
  0: "1 0 0 1",
  90: "0 1 -1 0",
  180: "-1 0 0 -1",
  270: "0 -1 1 0",
};

/** CropBox off the origin, /Rotate and /UserUnit are all dealt with here. */
export function shownPage({ x, y, width, height, rotate, unit }: PageBox): ShownPage {
  const turned = rotate % 180 !== 0;
  const shown = { width: (turned ? height : width) * unit, height: (turned ? width : height) * unit };
  return {
    ...shown,
    turn: TURNS[rotate],
    fromUser: ([a, b, c, d]) => {
      const corners = [a - x, b - y, c - x, d - y] as const;
      return ordered(unturned(corners, { width, height, rotate }).map((value) => value * unit));
    },
    toUser: (rect) => {
      const own = turnedBack(
        rect.map((value) => value / unit),
        { width, height, rotate },
      );
      const [a, b, c, d] = ordered(own);
      return [a + x, b + y, c + x, d + y].map((value) => Math.round(value * 1e4) / 1e4) as unknown as Rect;
    },
    fromArea: ({ x0, y0, x1, y1 }) =>
      ordered([x0 * shown.width, (1 - y0) * shown.height, x1 * shown.width, (1 - y1) * shown.height]),
  };
}

type Turned = Pick<PageBox, "width" | "height" | "rotate">;

function unturned([a, b, c, d]: Rect, { width, height, rotate }: Turned): number[] {
  return {
    0: [a, b, c, d],
    90: [b, width - a, d, width - c],
    180: [width - a, height - b, width - c, height - d],
    270: [height - b, a, height - d, c],
  }[rotate];
}

function turnedBack(rect: readonly number[], { width, height, rotate }: Turned): number[] {
  const [a = 0, b = 0, c = 0, d = 0] = rect;
  return {
    0: [a, b, c, d],
    90: [width - b, a, width - d, c],
    180: [width - a, height - b, width - c, height - d],
    270: [b, height - a, d, height - c],
  }[rotate];
}

function ordered([a = 0, b = 0, c = 0, d = 0]: readonly number[]): Rect {
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
}
