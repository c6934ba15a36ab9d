import type { Imaging } from "../domain/page-ports.ts";
import type { ScanProfile } from "../domain/rules.ts";
import type { CleanStep } from "../domain/page-change.ts";
import { DECODER } from "./decode.ts";
import { encodePage } from "./encode.ts";
import { normalizePage } from "./normalize.ts";
import { probeImage } from "./probe.ts";

export interface ImagingOptions {
  /** Millions of pixels a page may have; beyond it a page is refused before it is decoded. */
  readonly megapixels: number;
  readonly profile: ScanProfile;
  /** What may be done to the page's own image. */
  readonly clean: readonly CleanStep[];
}

/** Raise when the same input would give another page. */
const VERSION = 2;

/** Pixel work by sharp (libvips). Holds one decoded page per running call; at 200 dpi about 25 MB for A4. */
export function createImaging({ megapixels, profile }: ImagingOptions): Imaging {
  const maxPixels = Math.round(megapixels * 1_000_000);
  return {
    version: `imaging ${VERSION}, ${DECODER}, ${profile.minDpi} dpi${profile.colour ? ", colour" : ""}`,
    probe: (path) => probeImage(path, maxPixels),
    normalize: (page) => normalizePage(page, { maxPixels, profile }),
    encode: (page, made) => encodePage(page, made, { maxPixels, profile }),
    fold: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  };
}
