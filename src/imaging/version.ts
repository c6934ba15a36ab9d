import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { ImagingOptions } from "./imaging.ts";

/** Raise when the same input would give another page. */
const VERSION = 6;

/** Part of the kept key: another libvips may round a pixel otherwise. Read from the packages, so that none is loaded. */
export function imagingVersion({ profile, clean }: ImagingOptions): string {
  const decoders = `sharp ${packageVersion("sharp")}, magick ${packageVersion("@imagemagick/magick-wasm")}`;
  const judged = [`${profile.minDpi} dpi`, ...(profile.colour ? ["colour"] : []), ...clean.toSorted()];
  return `imaging ${VERSION}, ${decoders}, ${judged.join(", ")}`;
}

function packageVersion(name: string): string {
  // Neither package exports its package.json.
  const main = createRequire(import.meta.url).resolve(name);
  const manifest: unknown = JSON.parse(readFileSync(join(dirname(main), "../package.json"), "utf8"));
  return manifest instanceof Object && "version" in manifest ? String(manifest.version) : "";
}
