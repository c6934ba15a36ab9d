import type { Imaging } from "../domain/page-ports.ts";
import type { ScanProfile } from "../domain/rules.ts";
import type { CleanStep } from "../domain/page-change.ts";
import { encodePage } from "./encode.ts";
import { foldOfPage } from "./fold.ts";
import { plainPage } from "./foreign/plain-page.ts";
import { glanceAt } from "./glance.ts";
import { normalizePage } from "./normalize.ts";
import { probeImage } from "./probe.ts";
import { imagingVersion } from "./version.ts";

export interface ImagingOptions {
  /** Millions of pixels a page may have; beyond it a page is refused before it is decoded. */
  readonly megapixels: number;
  readonly profile: ScanProfile;
  /** What may be done to the page's own image. */
  readonly clean: readonly CleanStep[];
}

/**
 * Pixel work by sharp (libvips) and, for what that cannot read, ImageMagick. Holds one decoded page per running call; at
 * 200 dpi about 25 MB for A4. Decodes in this process: a run uses `createIsolatedImaging`.
 */
export function createImaging(options: ImagingOptions): Imaging {
  const { megapixels, profile, clean } = options;
  const maxPixels = Math.round(megapixels * 1_000_000);
  return {
    version: imagingVersion(options),
    probe: (path) => probeImage(path, maxPixels),
    normalize: async (page) =>
      normalizePage(await plainPage(page, maxPixels), {
        maxPixels,
        profile,
        clean: page.imageStays === true ? [] : clean,
      }),
    encode: async (page, made) => encodePage(await plainPage(page, maxPixels), made, { maxPixels, profile }),
    glance: async (page) => glanceAt(await plainPage(page, maxPixels), maxPixels),
    fold: async (page) => foldOfPage(await plainPage(page, maxPixels), maxPixels),
    close: () => Promise.resolve(),
  };
}
