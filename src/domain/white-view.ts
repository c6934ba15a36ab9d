import type { PreparedPage } from "./page-ports.ts";

const SIDE = 16;

/** A white speck of a page, recognised at once: whoever reads it must be up and have its model loaded. */
export const WHITE_VIEW: PreparedPage = {
  pgm: Buffer.concat([Buffer.from(`P5\n${SIDE} ${SIDE}\n255\n`), Buffer.alloc(SIDE * SIDE, 255)]),
  width: SIDE,
  height: SIDE,
  dpi: 200,
  scale: 1,
  skewDegrees: 0,
};
