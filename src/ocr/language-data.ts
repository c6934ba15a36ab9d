import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export interface LanguageSettings {
  readonly languages: readonly string[];
  /** Folder of `<language>.traineddata` files, or null for the data that comes with the program. */
  readonly tessdata: string | null;
}

export interface LanguageFile {
  readonly language: string;
  readonly path: string;
  readonly found: boolean;
}

/** Holds files only; it is never imported. */
const DATA_PACKAGE = "@tesseract.js-data/vie";

/** The smallest of the package's models with full accuracy: 1.4 MB packed. */
export const BUILT_IN_MODEL = "4.0.0_best_int";

/** Where the data of each wanted language must lie, and whether it is there. Never throws. */
export function checkLanguageData(settings: LanguageSettings): LanguageFile[] {
  const folder = settings.tessdata ?? builtInFolder();
  const suffix = settings.tessdata === null ? ".traineddata.gz" : ".traineddata";
  return settings.languages.map((language) => {
    const path = join(folder, `${language}${suffix}`);
    return { language, path, found: existsSync(path) };
  });
}

/** Resolved from this module, not from the working folder, so that it is found wherever the program runs. */
function builtInFolder(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${DATA_PACKAGE}/package.json`);
    return join(dirname(manifest), BUILT_IN_MODEL);
  } catch {
    return join(DATA_PACKAGE, BUILT_IN_MODEL);
  }
}

/** Tesseract's own names for its model sets, by the width of the last layer of their network. */
const KINDS: Readonly<Record<string, string>> = { 192: "fast", 512: "best" };

/**
 * An unpacked model in words, `fast 1a2b3c4d`: its kind where it is known, and the start of its SHA-256. Another model under
 * the same name must not pass for the old one: readings are kept by the engine's identity.
 */
export function describeModel(path: string): string {
  const bytes = readFileSync(path);
  const width = /Lfx(\d+)O1c1\]/u.exec(bytes.toString("latin1"))?.[1] ?? "";
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
  return [KINDS[width], hash].filter((word) => word !== undefined).join(" ");
}
